// Values × clients → results: every client is asked for a batch at once, and what one of them cannot do is told in its own
// report.

import { classify, refang } from "./detection.js";
import { LookupError, localError } from "./errors.js";
import { ready } from "./load.js";

/** Values in one batch: what a platform answers in one request. */
const BATCH = 100;
/** Batches under way beside the one that is awaited: a client's `concurrency` holds for all of them. */
const AHEAD = 2;
const CACHE_MS = 300_000;
/** From harmless to harmful; the worst of the reports is the result's. */
const VERDICTS = ["unknown", "benign", "suspicious", "malicious"];

export async function lookup(values, clients, options = {}) {
  const one = typeof values === "string";
  const results = [];
  for await (const result of stream(one ? [values] : values, clients, options, AHEAD)) results.push(result);
  if (!one) return results;
  const [result] = results;
  // A value that nobody can be asked about is the caller's error, not the platforms'. One that a single platform cannot be
  // asked about, such as a quote in QRadar's filters, is told in its report.
  const { reports } = result;
  if (reports.every(({ error }) => error?.code === "indicator_invalid")) throw reports[0].error;
  return result;
}

/** Who stops reading stops the asking: a batch is asked for when its first result is wanted. */
export function lookupStream(values, clients, options = {}) {
  return stream(values, clients, options, 0);
}

/** `ahead` batches are asked for before they are wanted. */
async function* stream(values, clients, options, ahead) {
  const all = list(values, "values");
  const asked = list(clients, "clients");
  if (all.some((value) => typeof value !== "string")) throw localError("config_invalid", "values");
  if (asked.length === 0 || asked.some((client) => typeof client?.lookup !== "function")) throw localError("config_invalid", "clients");
  const { onProgress, cacheMs = CACHE_MS, ...call } = options;
  if (typeof cacheMs !== "number" || !(cacheMs >= 0)) throw localError("config_invalid", "cacheMs");
  await ready();
  const places = new Map([...new Set(all)].map((value, place) => [value, place]));
  const unique = [...places.keys()];
  const batches = [];
  const ask = () => {
    const batch = unique.slice(batches.length * BATCH, (batches.length + 1) * BATCH);
    const columns = Promise.all(asked.map((client) => askOne(client, batch, call, cacheMs)));
    // It may fail before anybody awaits it.
    columns.catch(() => {});
    batches.push(columns);
  };
  let done = 0;
  for (const query of all) {
    const place = places.get(query);
    const number = Math.floor(place / BATCH);
    while (batches.length <= number + ahead && batches.length * BATCH < unique.length) ask();
    const columns = await batches[number];
    done += 1;
    tell(onProgress, { done, total: all.length });
    yield result(query, columns.map((reports) => copy(reports[place % BATCH])));
  }
}

/** The reports of one client, in the order of the values: from the cache, asked for, or saying why there is none. */
async function askOne(client, values, call, cacheMs) {
  const known = new Cache(client, call, cacheMs);
  const missing = values.filter((value) => known.get(value) === undefined);
  const fresh = new Map();
  if (missing.length > 0) {
    try {
      const reports = await client.lookup(missing, call);
      for (const [index, value] of missing.entries()) fresh.set(value, reports[index]);
    } catch (error) {
      if (!(error instanceof LookupError) || ["aborted", "config_invalid"].includes(error.code)) throw error;
      for (const value of missing) fresh.set(value, failed(client, value, error));
    }
  }
  for (const [value, report] of fresh) if (report.error === null) known.set(value, report);
  return values.map((value) => fresh.get(value) ?? known.get(value));
}

/** Each result has reports of its own. An error is shared: it cannot be changed, and would not survive cloning. */
function copy({ error, ...report }) {
  return { ...structuredClone(report), error };
}

/** Reports of one client for one kind of call, for as long as the call wants. */
class Cache {
  static #clients = new WeakMap();
  #reports;
  #call;
  #longest;

  constructor(client, { kind, thresholds }, longest) {
    if (!Cache.#clients.has(client)) Cache.#clients.set(client, new Map());
    this.#reports = Cache.#clients.get(client);
    this.#call = JSON.stringify([kind, thresholds]);
    this.#longest = longest;
  }

  get(value) {
    const entry = this.#reports.get(this.#call + value);
    if (entry === undefined || performance.now() - entry.at >= this.#longest) return undefined;
    return entry.report;
  }

  set(value, report) {
    if (this.#longest === 0) return;
    // The oldest go first: a Map keeps the order in which they came.
    if (this.#reports.size >= 10_000) this.#reports.delete(this.#reports.keys().next().value);
    this.#reports.set(this.#call + value, { at: performance.now(), report });
  }
}

function result(query, reports) {
  const [{ value, kind }] = reports;
  const verdict = VERDICTS[Math.max(...reports.map((report) => VERDICTS.indexOf(report.verdict)))];
  const scores = reports.map((report) => report.score).filter((score) => score !== null);
  return { query, value, kind, verdict, score: scores.length > 0 ? Math.max(...scores) : null, reports };
}

function failed(client, query, error) {
  const read = classify(query);
  return {
    platform: client.platform,
    name: client.name,
    query,
    value: read?.value ?? refang(query),
    kind: read?.kind ?? null,
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
    error,
  };
}

function list(given, name) {
  if (typeof given === "string" || typeof given?.[Symbol.iterator] !== "function") throw localError("config_invalid", name);
  return [...given];
}

function tell(onProgress, progress) {
  try {
    onProgress?.(progress);
  } catch {
    // A callback's exceptions are its own business.
  }
}
