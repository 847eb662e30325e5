// Annotating requests in workerd: ours beside ranges in JSON that each request parses, and beside a JavaScript Map.
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { bundle } from "../../examples/edge-worker/local/worker.mjs";
import { inTurns, ours, print, row } from "./measure.mjs";

const RANGES = 100_000;
const NAMES = 100_000;
/** Requests in a run of what takes microseconds, and of what takes a tenth of a second. */
const MANY = 20_000;
const FEW = 1;
/** A listed network of the requests. */
const BASE = "203.0.113";

const { Watchlist } = await import(ours());
const data = lists();

const modules = await bundle({
  entry: fileURLToPath(new URL("annotation-worker.mjs", import.meta.url)),
  nodePaths: [join(process.env.IOC_PROJECT, "node_modules")],
});
const miniflare = new Miniflare({ modules, modulesRoot: "/", compatibilityDate: "2026-04-01", r2Buckets: ["DATA"] });
try {
  const bucket = await miniflare.getR2Bucket("DATA");
  for (const [key, bytes] of Object.entries(data)) await bucket.put(key, bytes);
  await ask("/data");
  print(await rows());
} finally {
  await miniflare.dispose();
}

async function rows() {
  const hold = (way) => () => ask("/hold", { way });
  const [opened, mapped] = await inTurns(5, [hold("ours"), hold("map")]);
  await ask("/hold", { way: "json" });
  await agree("address", ["ours", "map", "json"], 5);
  await agree("request", ["ours", "map"], MANY);

  const run = (way, what, count) => () => ask("/run", { way, what, count, base: BASE });
  // An empty run is the way there and back, which no way can help.
  const works = [run("ours", "address", 0), run("json", "address", FEW), run("ours", "address", MANY), run("map", "address", MANY)];
  const [empty, json, address, addressMap] = await inTurns(5, works);
  const [whole, wholeMap] = await inTurns(5, [run("ours", "request", MANY), run("map", "request", MANY)]);
  const micro = (milliseconds, count = MANY) => (Math.max(milliseconds - empty, 0) * 1_000) / count;
  const edge = (what, mine, name, theirs, atMostOfPeer) =>
    row({ what: `edge, ${what}`, unit: "us/request", ours: mine, peer: { name, value: theirs }, atMostOfPeer });
  return [
    edge("address, 100,000 ranges", micro(address), "JSON parsed per request", micro(json, FEW), 0.001),
    edge("address, 100,000 ranges", micro(address), "Map, every prefix length", micro(addressMap), 1),
    edge("address, URL and referer", micro(whole), "Map, every parent", micro(wholeMap), 1),
    row({ what: "edge, 200,000 entries ready", unit: "ms", ours: opened - empty, peer: { name: "JSON and Map", value: mapped - empty }, atMostOfPeer: 0.1 }),
  ];
}

/** Nothing is timed that gives different answers. */
async function agree(what, ways, count) {
  const answers = await Promise.all(ways.map((way) => ask("/run", { way, what, count, base: BASE })));
  if (new Set(answers).size !== 1) throw new Error(`the ways disagree about ${what}: ${answers.join(" ")}`);
}

async function ask(path, parameters = {}) {
  const answer = await miniflare.dispatchFetch(`http://bench.invalid${path}?${new URLSearchParams(parameters)}`);
  const said = await answer.text();
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${said}`);
  return said;
}

function dotted(address) {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/** The same entries as a snapshot and as JSON. */
function lists() {
  const ranges = { [`${BASE}.0/24`]: "malicious" };
  for (let at = 1; at < RANGES; at++) {
    const random = (at * 2_654_435_761) >>> 0;
    // All below 192: none of the requests' own networks.
    const address = (1 + ((random >>> 24) % 190)) * 2 ** 24 + (random & 0xff_ff_ff);
    const bits = 16 + (at % 16);
    ranges[`${dotted((address & (-1 << (32 - bits))) >>> 0)}/${bits}`] = "suspicious";
  }
  const names = Object.fromEntries(Array.from({ length: NAMES }, (_, at) => [`host-${at}.zone-${at % 997}.com`, "suspicious"]));
  const entries = [ranges, names].flatMap((table) => Object.entries(table).map(([value, verdict]) => ({ value, verdict, score: 60, source: "bench" })));
  const list = Watchlist.build(entries);
  if (list.skipped > 0) throw new Error(`${list.skipped} entries could not be read`);
  const bytes = list.toBytes();
  list.free();
  return { snapshot: bytes, ranges: JSON.stringify(ranges), names: JSON.stringify(names) };
}
