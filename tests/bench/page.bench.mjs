// 1,000 records of ThreatQ, from the bytes of the answers to what the caller gets: the package beside JavaScript written
// for nothing else. Both get the same bytes from the same `fetch`, in the same number of requests, and must come to the
// same result before anything is timed.
import { isDeepStrictEqual } from "node:util";
import { inTurns, ours, print, row } from "./measure.mjs";
import { BASE, KINDS, VALUES, answeringFeed, answeringLookups, feedByHand, lookupByHand } from "./threatq-page.mjs";

const ROUNDS = 60;

const { createClient } = await import(ours());
const client = (fetch) => createClient({ platform: "threatq", baseUrl: BASE, auth: { accessToken: "token" }, fetch });

async function feed(client) {
  const entries = [];
  for await (const page of client.indicatorFeed()) entries.push(...page);
  return entries;
}

async function compare(what, ours, byHand) {
  sameResult(what, await ours(), await byHand());
  const [mine, theirs] = await inTurns(ROUNDS, [ours, byHand]);
  return row({ what, unit: "ms", ours: mine, peer: { name: "JSON.parse and a mapping by hand", value: theirs }, atMostOfPeer: 0.8 });
}

function sameResult(what, mine, theirs) {
  const odd = mine.findIndex((one, index) => !isDeepStrictEqual(one, theirs[index]));
  if (odd < 0 && mine.length === 1_000 && theirs.length === 1_000) return;
  const both = JSON.stringify([mine[odd], theirs[odd]], null, 1);
  throw new Error(`${what}: ${mine.length} and ${theirs.length} results, not the same: ${both}`);
}

const feeding = await client(answeringFeed());
const looking = await client(answeringLookups());
print([
  await compare("1,000 ThreatQ records, a page of the feed", () => feed(feeding), () => feedByHand(answeringFeed())),
  await compare(
    "1,000 ThreatQ records, looked up in 10 requests",
    () => looking.lookup(VALUES),
    () => lookupByHand(answeringLookups(), VALUES, KINDS),
  ),
]);
