// A request on its way to the origin: compared with the watchlist, and told what came of it.
//
// - **Shape**: the request with one header, `Watchlist-Verdict: malicious;score=90;by=cidr;field=client.ip;list=<id>`
//   (`none;list=<id>` where nothing is known, `unavailable` where nothing can be compared); for each request with a match
//   one line in the Elastic Common Schema.
// - **Never throws, never blocks** unless `BLOCK` says so: whatever fails, the request goes on.
// - **Trust**: a header of this name that comes from outside is dropped. Only fixed words and numbers get into ours.

import { logMatches } from "./ecs.js";
import { fieldsOf, joined } from "./fields.js";
import { logFailure } from "./log.js";
import { settingsOf } from "./settings.js";
import { FOR_REQUESTS, worst } from "./shards.js";
import { storageOf } from "./storage.js";
import { watchlist } from "./watchlist.js";

export const HEADER = "Watchlist-Verdict";

/** The request to send on; or the answer, for a verdict that is blocked. */
export async function annotated(request, env, context) {
  const outcome = await judge(request, env, context);
  if (outcome.blocked) return new Response("Forbidden.\n", { status: 403, headers: { "Cache-Control": "no-store" } });
  const onward = new Request(request);
  onward.headers.set(HEADER, outcome.header);
  return onward;
}

async function judge(request, env, context) {
  try {
    const settings = settingsOf(env);
    const fields = await fieldsOf(request, settings);
    await watchlist.ready(FOR_REQUESTS, { storage: storageOf(env), context, ...settings });
    // From here on synchronous, so that no switch comes in between.
    const { shards } = watchlist;
    if (!shards?.has(FOR_REQUESTS)) return { header: "unavailable", blocked: false };
    const hits = hitsIn(fields, shards);
    if (hits.length > 0) logMatches(request, hits);
    const hit = worst(hits);
    return { header: headerOf(hit, shards.id), blocked: hit !== null && settings.block.includes(hit.match.verdict) };
  } catch (error) {
    if (error?.code === "snapshot_invalid") watchlist.drop();
    logFailure("annotate", error);
    return { header: "unavailable", blocked: false };
  }
}

/** `{ field, match }` for everything known. */
export function hitsIn({ values, texts }, shards) {
  const { text, fieldAt } = joined(texts);
  return [
    ...values.map(([field, value]) => ({ field, match: shards.match(value, FOR_REQUESTS) })),
    ...shards.matchText(text, FOR_REQUESTS).map((match) => ({ field: fieldAt(match.start), match })),
  ].filter(({ match }) => match !== null);
}

/** RFC 9651, an item with parameters. */
function headerOf(hit, list) {
  const id = `list="${list.slice(0, 8)}"`;
  if (hit === null) return `none;${id}`;
  const { verdict, score, matchedBy } = hit.match;
  return [verdict, ...(score === null ? [] : [`score=${score}`]), `by=${matchedBy}`, `field="${hit.field}"`, id].join(";");
}
