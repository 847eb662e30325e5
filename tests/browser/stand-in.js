// Stands in for the package's own modules, so that tests of the element can provoke what no platform
// says on demand. The test server serves it in place of /pkg/index.js; nothing in the product knows it.
//
// - Password "right" is right. Other passwords are refused as ThreatQ refuses them.
// - `globalThis.standIn.gate`, a promise set by a test, holds every batch back until it resolves.
// - `globalThis.standIn.broken` makes the wasm fail to load.
// - Values choose their answer: see `reportOf`. Any other value is answered by its length.

export default async function init() {
  if (globalThis.standIn?.broken) throw new LookupError("wasm_load_failed", "config");
}

// ------------------------------------------------------------------ errors

export class LookupError extends Error {
  constructor(code, category, fields) {
    super(`stand-in: ${code}`);
    Object.assign(this, { name: "LookupError", code, category, retryable: false, ...fields });
  }
  toJSON() {
    return { ...this };
  }
}
export const isLookupError = (value) => value?.name === "LookupError";

// ------------------------------------------------------------------ detection

export const refang = (text) => text.replace(/\[\.\]|\(\.\)/g, ".").replace(/^hxxp/i, "http");
export const defang = (value) => value.replace(/^http/, "hxxp").replaceAll(".", "[.]");

const KINDS = [
  ["url", /^https?:\/\/[^\s]+$/],
  ["ipv4", /^(?:\d{1,3}\.){3}\d{1,3}$/],
  ["sha256", /^[0-9a-f]{64}$/i],
  ["md5", /^[0-9a-f]{32}$/i],
  ["cve", /^CVE-\d{4}-\d{4,}$/i],
  ["email", /^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$/],
  ["domain", /^(?:[\w-]+\.)+[a-z]{2,}$/i],
];

export function classify(text) {
  const value = refang(text);
  const known = KINDS.find(([, form]) => form.test(value));
  return known
    ? {
        kind: known[0],
        value: value.toLowerCase(),
        special: /^(?:10|127|192\.168)\.|example(?:\.(?:com|net|org))?$/.test(value),
      }
    : null;
}

export function extract(text) {
  const found = new Map();
  for (const { 0: word, index } of text.matchAll(/[^\s,;"'<>]+/g)) {
    const raw = word.replace(/[.:]+$/, "");
    const known = classify(raw);
    if (!known || found.has(known.value)) continue;
    const confidence = /\.(?:zip|md|sh)$/.test(known.value) ? "low" : "high";
    found.set(known.value, {
      ...known,
      raw,
      start: index,
      end: index + raw.length,
      defanged: raw !== refang(raw),
      confidence,
    });
  }
  return [...found.values()];
}

// ------------------------------------------------------------------ clients

const STEPS = ["baseUrl", "reachable", "tls", "clientId", "credentials", "apiType", "permissions", "api"];
const ADVICE = "Type e-mail address and password of this account again; the client id is in order.";

export async function createClient({ platform, name = platform, baseUrl, auth }) {
  if (!URL.canParse(baseUrl)) throw new LookupError("config_invalid", "config", { reason: "baseUrl" });
  const refused = auth.password !== undefined && auth.password !== "right";
  return {
    platform,
    name,
    baseUrl,
    refused,
    async check() {
      const at = refused ? STEPS.indexOf("credentials") : STEPS.length;
      const steps = STEPS.map((step, index) => ({
        step,
        status: index < at ? "ok" : index === at ? "failed" : "skipped",
        ...(index === at && { code: "token_grant_rejected", advice: ADVICE }),
      }));
      return { ok: !refused, steps, apiVersion: null, latencyMs: 12 };
    },
    close() {},
  };
}

// ------------------------------------------------------------------ look-up

const BATCH = 100;

export async function* lookupStream(values, clients, { signal, onProgress } = {}) {
  const all = [...values];
  for (let at = 0; at < all.length; at += BATCH) {
    await globalThis.standIn?.gate;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) throw new LookupError("aborted", "control");
    const batch = all.slice(at, at + BATCH);
    onProgress?.({ done: at + batch.length, total: all.length });
    for (const value of batch) yield resultOf(value, clients);
  }
}

export async function lookup(values, clients, options) {
  const results = [];
  for await (const result of lookupStream([values].flat(), clients, options)) results.push(result);
  return Array.isArray(values) ? results : results[0];
}

const WORST = ["malicious", "suspicious", "benign", "unknown"];

function resultOf(value, clients) {
  const reports = clients.map((client) => reportOf(value, client));
  const verdict = WORST.find((word) => reports.some((report) => report.verdict === word));
  const score = Math.max(-1, ...reports.map((report) => report.score ?? -1));
  return {
    query: value,
    value,
    kind: classify(value)?.kind ?? null,
    verdict,
    score: score < 0 ? null : score,
    reports,
  };
}

function reportOf(value, client) {
  const empty = {
    platform: client.platform,
    name: client.name,
    query: value,
    value,
    kind: classify(value)?.kind ?? null,
    found: false,
    verdict: "unknown",
    score: null,
    status: null,
    tlp: null,
    tags: [],
    sources: [],
    attributes: [],
    related: [],
    firstSeen: null,
    lastSeen: null,
    expiresAt: null,
    link: null,
    records: [],
    error: null,
  };
  if (client.refused) {
    return {
      ...empty,
      error: new LookupError("token_grant_rejected", "auth", {
        status: 400,
        oauthErrorDescription: "Wrong e-mail or password.",
      }),
    };
  }
  if (value === "example.com") return { ...empty, ...example(client) };
  if (value === "hostile.example.net") return { ...empty, ...hostile };
  return { ...empty, ...byLength(value, client) };
}

function example({ baseUrl }) {
  return {
    found: true,
    verdict: "suspicious",
    score: 60,
    status: "Review",
    tlp: "AMBER",
    tags: ["phishing", "credential theft", "2023 campaign"],
    sources: [
      { name: "ArcSight", tlp: "GREEN", firstSeen: "2021-03-04T08:00:00Z", lastSeen: "2023-11-20T09:30:00Z" },
      { name: "CG's Email", tlp: "AMBER", firstSeen: "2022-06-15T00:00:00Z", lastSeen: "2024-02-01T00:00:00Z" },
      { name: "Shared by a partner", tlp: null, firstSeen: null, lastSeen: null },
    ],
    attributes: [
      { name: "False Positive", value: "No" },
      { name: "Registrar", value: "RESERVED-Internet Assigned Numbers Authority" },
    ],
    related: [
      { type: "adversary", name: "Painted Spider", id: "7" },
      { type: "malware", name: "QuietLoader", id: null },
    ],
    firstSeen: "2021-03-04T08:00:00Z",
    lastSeen: "2024-02-01T00:00:00Z",
    expiresAt: "2027-01-01T00:00:00Z",
    link: `${baseUrl}/indicators/1/details`,
    records: [
      { id: 1, value: "example.com", type: { name: "FQDN" }, status: { id: 4, name: "Review" }, score: "6.00" },
    ],
  };
}

const MARKUP = `<img src=x onerror="globalThis.pwned=1"><script>globalThis.pwned=1</script>`;
const hostile = {
  found: true,
  verdict: "malicious",
  score: 1e9,
  status: MARKUP,
  tlp: MARKUP,
  tags: [MARKUP, "\u202Egnp.exe", 7, null, { toString: null }],
  sources: [{ name: MARKUP, tlp: MARKUP, firstSeen: MARKUP, lastSeen: "2024-01-01" }, null, "text"],
  attributes: Array.from({ length: 5_000 }, (_, index) => ({ name: `a${index}`, value: MARKUP })),
  related: [{ type: "constructor", name: MARKUP, id: "1" }],
  firstSeen: "never",
  lastSeen: "9999-99-99",
  expiresAt: 12,
  link: "javascript:globalThis.pwned=1",
  records: [{ text: MARKUP }],
};

function byLength(value, { baseUrl }) {
  const score = (value.length * 37) % 101;
  if (score < 12) return {};
  const verdict = score >= 70 ? "malicious" : score >= 40 ? "suspicious" : score >= 28 ? "benign" : "unknown";
  return {
    found: true,
    verdict,
    score,
    status: "Active",
    tlp: "GREEN",
    tags: ["stand-in"],
    sources: [{ name: "Feed A", tlp: null, firstSeen: "2024-01-01T00:00:00Z", lastSeen: "2024-03-01T00:00:00Z" }],
    link: `${baseUrl}/indicators/2/details`,
    records: [{ id: 2, value }],
  };
}

// ------------------------------------------------------------------ converters

export { toCsv } from "./report/csv.js";
export { toStix } from "./report/stix.js";
