// What came from outside, brought into the shape that the views rely on.
//
// Results arrive from platforms, from a server of the page's owner, or from a function of theirs. Each
// member may be missing, of the wrong type, or huge; here it becomes right, null or empty.
// `records` alone is passed on unchanged: it is shown as JSON text, on demand.

/** From bad to good: the order of results, and which of two verdicts counts. */
export const VERDICTS = ["malicious", "suspicious", "benign", "unknown"];

/** Longest text of one member, in UTF-16 units. */
const LONGEST = 10_000;

/** A `LookupResult`, or null where `raw` is none. */
export function readResult(raw) {
  if (!raw || typeof raw !== "object" || typeof raw.value !== "string") return null;
  return {
    query: text(raw.query) ?? raw.value.slice(0, LONGEST),
    value: raw.value.slice(0, LONGEST),
    kind: text(raw.kind),
    verdict: verdict(raw.verdict),
    score: score(raw.score),
    reports: list(raw.reports, readReport),
  };
}

function readReport(raw) {
  return {
    platform: text(raw.platform) ?? "",
    name: text(raw.name) ?? text(raw.platform) ?? "",
    query: text(raw.query) ?? "",
    value: text(raw.value) ?? "",
    kind: text(raw.kind),
    found: raw.found === true,
    verdict: verdict(raw.verdict),
    score: score(raw.score),
    status: text(raw.status),
    tlp: text(raw.tlp),
    tags: Array.isArray(raw.tags) ? raw.tags.map(text).filter(Boolean) : [],
    sources: list(raw.sources, readSource),
    attributes: list(raw.attributes, ({ name, value }) => ({ name: text(name) ?? "", value: text(value) ?? "" })),
    related: list(raw.related, ({ type, name, id }) => ({
      type: text(type) ?? "",
      name: text(name) ?? "",
      id: text(id),
    })),
    firstSeen: date(raw.firstSeen),
    lastSeen: date(raw.lastSeen),
    expiresAt: date(raw.expiresAt),
    link: text(raw.link),
    records: Array.isArray(raw.records) ? raw.records : [],
    error: raw.error && typeof raw.error === "object" ? raw.error : null,
  };
}

function readSource({ name, tlp, firstSeen, lastSeen }) {
  return { name: text(name) ?? "", tlp: text(tlp), firstSeen: date(firstSeen), lastSeen: date(lastSeen) };
}

/** `link` when a browser may follow it: http and https only, else null. */
export function webAddress(link) {
  const url = link && URL.canParse(link) ? new URL(link) : null;
  return url && (url.protocol === "https:" || url.protocol === "http:") ? url.href : null;
}

function list(raw, read) {
  return Array.isArray(raw) ? raw.filter((member) => member && typeof member === "object").map(read) : [];
}

function text(raw) {
  if (typeof raw === "number" || typeof raw === "boolean") return String(raw);
  return typeof raw === "string" && raw !== "" ? raw.slice(0, LONGEST) : null;
}

function verdict(raw) {
  return VERDICTS.includes(raw) ? raw : "unknown";
}

function score(raw) {
  return typeof raw === "number" && raw >= 0 ? Math.min(Math.round(raw), 100) : null;
}

function date(raw) {
  return typeof raw === "string" && !Number.isNaN(Date.parse(raw)) ? raw : null;
}
