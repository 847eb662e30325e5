// The queue's consumer: log events in, the same events with `threat.enrichments` out.
//
// 1. Each event's values are compared with the watchlist, all shards of it: microseconds, no network.
// 2. What it knows is looked up at the platforms, once per batch: ⌈N/100⌉ requests for N distinct values, not N.
// 3. The batch is written as NDJSON, under a name made from its messages: one that is delivered twice is written once.
//
// If the platforms are down, what the watchlist says is written all the same. If the watchlist or the storage is missing,
// the queue delivers the batch again later.

import { lookup, toEcs } from "ioc-lookup";
import { clientsOf } from "./clients.js";
import { digestOfText } from "./digest.js";
import { enrichmentsOf } from "./ecs.js";
import { logFailure } from "./log.js";
import { settingsOf } from "./settings.js";
import { FOR_EVENTS } from "./shards.js";
import { storageOf } from "./storage.js";
import { watchlist } from "./watchlist.js";

/** Fields of the Elastic Common Schema that hold one indicator each. */
const VALUE_FIELDS = [
  ...["client", "destination", "host", "server", "source"].map((side) => `${side}.ip`),
  ...["client", "destination", "server", "source", "url"].map((side) => `${side}.domain`),
  ...["url.full", "url.original", "dns.question.name", "dns.resolved_ip", "tls.client.server_name"],
  ...["email.from.address", "email.sender.address", "email.to.address", "vulnerability.id"],
  ...["dll", "file", "process"].flatMap((what) => ["md5", "sha1", "sha256", "sha512"].map((hash) => `${what}.hash.${hash}`)),
];
/** Fields whose text is searched. */
const TEXT_FIELDS = ["message", "event.original", "http.request.body.content", "process.command_line"];
const LONGEST_TEXT = 16_384;
const MOST_LOOKUPS = 100;
const LOOKUP_MS = 20_000;
/** A consumer has time; a request has not. */
const BUDGET_MS = 10_000;
const AGAIN_S = 30;

export async function enrich(batch, env, context) {
  try {
    await watchlist.ready(FOR_EVENTS, { storage: storageOf(env), context, ...settingsOf(env), budgetMs: BUDGET_MS });
    const found = hitsOfAll(batch.messages);
    const reports = await reportsOn(found, env);
    const lines = batch.messages.map(({ body }, at) => JSON.stringify(enriched(body, found[at], reports)));
    await env.ENRICHED.put(await nameOf(batch), `${lines.join("\n")}\n`);
    batch.ackAll();
  } catch (error) {
    if (error?.code === "snapshot_invalid") watchlist.drop();
    logFailure("enrich", error);
    batch.retryAll({ delaySeconds: AGAIN_S });
  }
}

/** The hits of each message, all of them with the list of one moment. */
function hitsOfAll(messages) {
  const { shards } = watchlist;
  if (!shards?.has(FOR_EVENTS)) throw new Error("there is no watchlist");
  return messages.map(({ body }) => hitsIn(body, shards));
}

export function hitsIn(event, shards) {
  const values = VALUE_FIELDS.flatMap((field) => textsAt(event, field).map((value) => ({ field, value })));
  const texts = TEXT_FIELDS.flatMap((field) => textsAt(event, field).map((text) => ({ field, text })));
  return [
    ...values.map(({ field, value }) => ({ field, match: shards.match(value, FOR_EVENTS) })),
    ...texts.flatMap(({ field, text }) =>
      shards.matchText(text.slice(0, LONGEST_TEXT), FOR_EVENTS).map((match) => ({ field, match })),
    ),
  ].filter(({ match }) => match !== null);
}

/** The texts of a field, whether it is written dotted or nested, alone or in a list. */
function textsAt(event, field) {
  const value = event?.[field] ?? field.split(".").reduce((inner, name) => inner?.[name], event);
  return [value].flat().filter((text) => typeof text === "string" && text !== "");
}

/** What the platforms know about the values found, by value: empty where they cannot be asked. */
async function reportsOn(found, env) {
  const values = [...new Set(found.flat().map(({ match }) => match.value))].slice(0, MOST_LOOKUPS);
  try {
    const clients = await clientsOf(env);
    if (values.length === 0 || clients.length === 0) return new Map();
    const results = await lookup(values, clients, { timeoutMs: LOOKUP_MS });
    return new Map(results.map((result) => [result.query, result]));
  } catch (error) {
    logFailure("enrich-lookup", error);
    return new Map();
  }
}

function enriched(event, hits, reports) {
  if (hits.length === 0) return event;
  const results = [...new Set(hits.map(({ match }) => reports.get(match.value)))];
  const known = results.filter((result) => result?.reports.some(({ found }) => found));
  const before = Object(event.threat).enrichments;
  const enrichments = [
    ...(Array.isArray(before) ? before : []),
    ...enrichmentsOf(hits),
    ...known.flatMap((result) => toEcs(result).threat.enrichments),
  ];
  return { ...event, threat: { ...Object(event.threat), enrichments } };
}

/** By the messages and the first one's time, not by now: delivered again, a batch gets the same name. */
async function nameOf({ messages }) {
  const name = await digestOfText(messages.map(({ id }) => id).sort().join("\n"));
  return `events/${messages[0].timestamp.toISOString().slice(0, 10)}/${name}.ndjson`;
}
