// A page of a ThreatQ that is not there: 1,000 records in the shape of its search, as bytes, and what a developer would
// write by hand to read them. Nothing here is measured.

/** Names, values and sizes that occur in a feed, drawn by a fixed rule so that every run reads the same bytes. */
const TYPES = [
  { id: 11, name: "FQDN", class: "network", kind: "domain" },
  { id: 15, name: "IP Address", class: "network", kind: "ipv4" },
  { id: 30, name: "URL", class: "network", kind: "url" },
  { id: 24, name: "SHA-256", class: "host", kind: "sha256" },
];
const STATUSES = ["Active", "Review", "Expired", "Whitelisted", "Indirect"];
const SOURCES = ["Honeypot", "ArcSight", "CG's Email", "Partner exchange", "Domain Tools"];
const ATTRIBUTES = [["Port", "443"], ["Confidence", "High"], ["Country", "Österreich"], ["False Positive", "No"], ["Malware family", "Emotet \"v5\""]];
const CREATED = "2026-03-01 09:00:00";
const UPDATED = "2026-03-02 10:15:30";

const hex = (number, digits) => number.toString(16).padStart(digits, "0");

function valueOf(kind, index) {
  if (kind === "domain") return `cdn-${index}.update-service-${index % 37}.example.net`;
  if (kind === "ipv4") return `203.0.${113 + (index >> 8)}.${index & 255}`;
  if (kind === "url") return `http://files-${index}.example.org/download/setup-${index}?campaign=${index % 9}`;
  return hex(index * 2654435761, 16).repeat(4);
}

function lean(index) {
  const { kind, ...type } = TYPES[index % TYPES.length];
  const status = index % STATUSES.length;
  return {
    id: 4_000 + index,
    value: valueOf(kind, index),
    type,
    status: { id: status + 1, name: STATUSES[status], description: "As the platform describes it." },
    score: index % 11,
    ...(index % 3 === 0 ? { expires_at: "2027-09-01 00:00:00" } : {}),
    updated_at: UPDATED,
  };
}

function full(index) {
  const dates = { created_at: CREATED, updated_at: UPDATED };
  return {
    ...lean(index),
    class: TYPES[index % TYPES.length].class,
    created_at: CREATED,
    touched_at: UPDATED,
    published_at: "2026-02-28 00:00:00",
    adversaries: index % 10 === 0 ? [{ id: 5, name: "Sample Bear" }] : [],
    sources: SOURCES.slice(0, 1 + (index % 3)).map((name, place) => ({
      id: 5_500 + place, indicator_id: 4_000 + index, source_id: 14 + place, source_type: "other_sources", creator_source_id: 8,
      indicator_status_id: 1, indicator_type_id: 11, reference_id: 14, name, tlp_id: 1 + ((index + place) % 4), published_at: CREATED, ...dates,
    })),
    attributes: ATTRIBUTES.slice(0, index % 6).map(([name, value], place) => ({
      id: 7_700 + place, indicator_id: 4_000 + index, attribute_id: 243 + place, name, value, touched_at: UPDATED, ...dates,
    })),
    tags: index % 2 === 0 ? [{ id: 3, name: "phishing" }, { id: 9, name: "wave-12" }] : [],
  };
}

const bytes = (records) => new TextEncoder().encode(JSON.stringify({ total: records.length, limit: 1_000, offset: 0, data: records }));
const all = (record) => Array.from({ length: 1_000 }, (_, index) => record(index));

/** One page of the feed. */
export const FEED = bytes(all(lean));
/** What is looked up: no URLs, which are asked for in two spellings. */
const LOOKED_UP = all(full).map((record, index) => (record.type.name === "URL" ? full(index + 4_001) : record));
export const VALUES = LOOKED_UP.map(({ value }) => value);
export const KINDS = LOOKED_UP.map(({ type }) => TYPES.find(({ name }) => name === type.name).kind);
const BATCHES = Array.from({ length: 10 }, (_, batch) => bytes(LOOKED_UP.slice(batch * 100, batch * 100 + 100)));

export const BASE = "https://threatq.example";

/** A `fetch` that answers everything with these bodies, in turn. */
export function answering(...bodies) {
  let next = 0;
  return async () => new Response(bodies[next++ % bodies.length], { headers: { "content-type": "application/json" } });
}

export const answeringFeed = () => answering(FEED);
export const answeringLookups = () => answering(...BATCHES);

// ---------------------------------------------------------------- by hand

const KIND_OF_TYPE = new Map(TYPES.map(({ name, kind }) => [name, kind]));
const TLP = ["RED", "AMBER", "GREEN", "CLEAR"];

const iso = (text) => (text ? `${text.replace(" ", "T")}Z` : null);
const scoreOf = (record) => (record.score === undefined ? null : Math.round(Math.min(record.score, 10) * 10));

function verdictOf(record, score) {
  const status = record.status.name.toLowerCase();
  if (status === "whitelisted" || status === "false positive") return "benign";
  if (status === "expired" || score === null) return "unknown";
  return score >= 70 ? "malicious" : score >= 40 ? "suspicious" : "unknown";
}

async function query(fetch, members, body) {
  const answer = await fetch(`${BASE}/api/indicators/query?${new URLSearchParams(members)}`, {
    method: "POST",
    headers: { authorization: "Bearer token", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return JSON.parse(await answer.text()).data;
}

export async function feedByHand(fetch) {
  const records = await query(fetch, { cursorMark: "*", limit: 1_000, sort: "-updated_at,id" }, { criteria: {}, filters: {} });
  return records.map((record) => {
    const score = scoreOf(record);
    const expiresAt = record.status.name === "Expired" ? iso(record.updated_at) : iso(record.expires_at);
    return {
      value: record.value,
      kind: KIND_OF_TYPE.get(record.type.name),
      score,
      verdict: verdictOf(record, score),
      source: "threatq",
      id: String(record.id),
      ...(expiresAt === null ? {} : { expiresAt }),
    };
  });
}

/** The kinds are given: by hand nobody would find them out. */
export async function lookupByHand(fetch, values, kinds) {
  const found = new Map();
  for (let start = 0; start < values.length; start += 100) {
    const criteria = { "+or": values.slice(start, start + 100).map((value) => ({ value })) };
    for (const record of await query(fetch, { limit: 500, offset: 0 }, { criteria, filters: {} })) {
      found.set(record.value.toLowerCase(), record);
    }
  }
  return values.map((value, index) => reportByHand(value, kinds[index], found.get(value.toLowerCase())));
}

function reportByHand(value, kind, record) {
  const score = scoreOf(record);
  const sources = record.sources.map((source) => ({
    name: source.name,
    tlp: TLP[source.tlp_id - 1] ?? null,
    firstSeen: iso(source.published_at ?? source.created_at),
    lastSeen: iso(source.updated_at),
  }));
  return {
    platform: "threatq",
    name: "threatq",
    query: value,
    value,
    kind,
    found: true,
    verdict: verdictOf(record, score),
    score,
    status: record.status.name,
    tlp: TLP.find((name) => sources.some(({ tlp }) => tlp === name)) ?? null,
    tags: record.tags.map(({ name }) => name),
    sources,
    attributes: record.attributes.map(({ name, value }) => ({ name, value })),
    related: record.adversaries.map(({ id, name }) => ({ type: "adversary", name, id: String(id) })),
    firstSeen: iso(record.published_at ?? record.created_at),
    lastSeen: iso(record.last_detected_at ?? record.touched_at),
    expiresAt: iso(record.expires_at),
    link: `${BASE}/indicators/${record.id}/details`,
    records: [record],
    error: null,
  };
}
