// A watchlist of a million real indicators beside what a developer would take: a `Map`, sorted arrays, a `BlockList`. Asked
// with fresh strings: a string that a `Map` has seen before carries its hash, and one that came over a network does not.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { BlockList } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { feedRows } from "../support/feed.mjs";
import { inFreshNode, median, ours, print, row } from "./measure.mjs";

const ENTRIES = 1_000_000;
const QUERIES = 20_000;
const NETWORKS = 100_000;

const { Watchlist, extract } = await import(ours());
const rows = [];

/** The same text as a string that nobody has hashed. */
const fresh = (text) => Buffer.from(text).toString("latin1");
const milliseconds = (work) => {
  const start = performance.now();
  const outcome = work();
  return [performance.now() - start, outcome];
};

const feed = feedRows(ENTRIES);
if (feed !== null) {
  const entries = feed.map(([value]) => ({ value, score: 70, verdict: "malicious", source: "feed" }));
  compareLists(entries);
  await weighMemory(entries);
}
compareNetworks();
print(rows);

function compareLists(entries) {
  const build = { ours: [], map: [] };
  let list;
  let map;
  for (let round = 0; round < 3; round += 1) {
    list?.free();
    let took;
    [took, list] = milliseconds(() => Watchlist.build(entries));
    build.ours.push(took);
    const copies = entries.map((entry) => ({ ...entry, value: fresh(entry.value) }));
    [took, map] = milliseconds(() => new Map(copies.map((entry) => [entry.value, entry])));
    build.map.push(took);
  }
  const mapMs = median(build.map);
  const peer = (value) => ({ name: "Map", value });
  rows.push(row({ what: "watchlist, build 1 M entries", unit: "ms", ours: median(build.ours), peer: peer(mapMs), atMostOfPeer: 1.2 }));
  rows.push(row({ what: "watchlist, bytes per entry", unit: "B", ours: list.byteLength / list.size, atMost: 16 }));
  const bytes = list.toBytes();
  const opened = Array.from({ length: 5 }, () => {
    const [took, again] = milliseconds(() => Watchlist.open(bytes));
    again.free();
    return took;
  });
  rows.push(row({ what: "watchlist, open 1 M entries", unit: "ms", ours: median(opened), peer: peer(mapMs), atMostOfPeer: 0.015 }));

  const parents = (name) => {
    for (let rest = name; ; rest = rest.slice(rest.indexOf(".") + 1)) {
      const entry = map.get(rest);
      if (entry !== undefined || !rest.includes(".")) return entry;
    }
  };
  const some = (make) => Array.from({ length: QUERIES }, (_, index) => make(entries[(index * 7919) % entries.length].value, index));
  const asked = [
    ["a miss", some((_, index) => `host-${index}.nowhere-${index % 977}.com`), (value) => map.get(value), 0.8],
    ["a hit", some((value) => value), (value) => map.get(value), 1],
    ["a name below a hit", some((value, index) => (/^[a-z0-9.-]+\.[a-z]+$/.test(value) ? `w${index % 10}.${value}` : `w.${index}.example.com`)), parents, 0.5],
  ];
  for (const [what, values, theirs, goal] of asked) {
    const [mine, peers, together] = onFreshStrings(values, [
      (batch) => batch.forEach((value) => list.match(value)),
      (batch) => batch.forEach(theirs),
      (batch) => list.matchAll(batch),
    ]);
    const name = theirs === parents ? "Map, asked for each parent" : "Map.get";
    rows.push(row({ what: `watchlist, match ${what}`, unit: "us", ours: mine, peer: { name, value: peers }, atMostOfPeer: goal }));
    rows.push(row({ what: `watchlist, matchAll of 1,000, ${what}`, unit: "us", ours: together, peer: { name, value: peers }, atMostOfPeer: 0.5 }));
  }
  compareTexts(list);
  const strangers = Array.from({ length: ENTRIES }, (_, index) => `x${index.toString(36)}.nobody-${index % 977}.invalid`);
  const matched = list.matchAll(strangers).filter((match) => match !== null).length;
  rows.push(row({ what: "watchlist, matches among 1 M strangers", unit: "", ours: matched, atMost: 0 }));
  list.free();
}

/** Microseconds for each value, of ways that take a batch of 1,000; each gets strings of its own. */
function onFreshStrings(values, ways) {
  const times = ways.map(() => []);
  for (let round = -1; round < 6; round += 1) {
    for (const [index, way] of ways.entries()) {
      const strings = values.map(fresh);
      const [took] = milliseconds(() => {
        for (let start = 0; start < strings.length; start += 1_000) way(strings.slice(start, start + 1_000));
      });
      if (round >= 0) times[index].push((took * 1_000) / values.length);
    }
  }
  return times.map(median);
}

/** The memory of the core, which never shrinks: with a million opened, and after building them. */
async function weighMemory(entries) {
  const folder = mkdtempSync(join(tmpdir(), "ioc-lookup-bench-"));
  const [texts, snapshot] = [join(folder, "entries.json"), join(folder, "list")];
  const megabytes = (work) =>
    inFreshNode(`
      import { readFileSync, writeFileSync } from "node:fs";
      const { Watchlist } = await import(${JSON.stringify(ours())});
      const { core } = await import(${JSON.stringify(new URL("../load.js", ours()).href)});
      ${work}
      answer(core().coreMemory().buffer.byteLength / 1e6);
    `);
  try {
    writeFileSync(texts, JSON.stringify(entries));
    const built = await megabytes(`
      const list = Watchlist.build(JSON.parse(readFileSync(${JSON.stringify(texts)}, "utf8")));
      writeFileSync(${JSON.stringify(snapshot)}, list.toBytes());
    `);
    const opened = await megabytes(`Watchlist.open(readFileSync(${JSON.stringify(snapshot)}));`);
    rows.push(row({ what: "watchlist, memory of the wasm, 1 M built", unit: "MB", ours: built, atMost: 64 }));
    rows.push(row({ what: "watchlist, memory of the wasm, 1 M opened", unit: "MB", ours: opened, atMost: 32 }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A log of three megabytes with few matches, beside extracting it and matching what was found. */
function compareTexts(list) {
  const line = (index) => `2026-03-01T09:${index % 60}:00Z GET https://cdn-${index}.example.org/a/${index} from 198.51.100.${index % 256} agent=Mozilla/5.0\n`;
  let log = "";
  for (let index = 0; log.length < 3_000_000; index += 1) log += line(index);
  const times = [[], []];
  for (let round = -1; round < 3; round += 1) {
    const took = [milliseconds(() => list.matchText(log)), milliseconds(() => list.matchAll(extract(log).map(({ value }) => value)))];
    if (round >= 0) took.forEach(([ms], index) => times[index].push(ms));
  }
  const [mine, theirs] = times.map(median);
  rows.push(row({ what: "watchlist, matchText of a 3 MB log", unit: "ms", ours: mine, peer: { name: "our extract, then matchAll", value: theirs }, atMostOfPeer: 0.8 }));
}

function compareNetworks() {
  const networks = Array.from({ length: NETWORKS }, (_, index) => ({ start: ((1 << 24) + index * 4096) >>> 0, prefix: 20 + (index % 5) }));
  const dotted = (address) => [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
  const list = Watchlist.build(networks.map(({ start, prefix }) => ({ value: `${dotted(start)}/${prefix}` })));
  const starts = Uint32Array.from(networks, ({ start }) => start);
  const ends = Uint32Array.from(networks, ({ start, prefix }) => start + 2 ** (32 - prefix) - 1);
  const inArrays = (text) => {
    const [a, b, c, d] = text.split(".");
    const address = ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (starts[middle] <= address) low = middle + 1;
      else high = middle;
    }
    return low > 0 && ends[low - 1] >= address;
  };
  const addresses = Array.from({ length: QUERIES }, (_, index) => dotted(((1 << 24) + ((index * 7919) % NETWORKS) * 4096 + (index % 4096)) >>> 0));
  for (const address of addresses.slice(0, 1_000)) {
    if ((list.match(address) !== null) !== inArrays(address)) throw new Error(`${address} is judged differently`);
  }
  const [mine, theirs] = onFreshStrings(addresses, [(batch) => batch.forEach((value) => list.match(value)), (batch) => batch.forEach(inArrays)]);
  rows.push(row({ what: "watchlist, an address among 100,000 networks", unit: "us", ours: mine, peer: { name: "sorted arrays by hand", value: theirs }, atMostOfPeer: 2 }));
  const block = new BlockList();
  for (const { start, prefix } of networks.slice(0, NETWORKS)) block.addSubnet(dotted(start), prefix);
  const few = addresses.slice(0, 50);
  const [blocked] = milliseconds(() => few.forEach((address) => block.check(address)));
  rows.push(row({ what: "watchlist, the same", unit: "us", ours: mine, peer: { name: "net.BlockList", value: (blocked * 1_000) / few.length }, atMostOfPeer: 0.01 }));
  list.free();
}
