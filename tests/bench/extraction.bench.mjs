// Indicators in text: a long report, a page, a paragraph, a selection, and texts made to be slow. The reports are real ones,
// kept beside the repository and not in it.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { inTurns, ours, peer, print, row } from "./measure.mjs";

const REPORTS = fileURLToPath(new URL("../../../shared/data/reports/", import.meta.url));
const LONG = 3_000_000;
const PEER = "ioc-extractor";
const SELECTION = "The loader beacons to hxxps://cdn[.]bad-example[.]net/a?id=7";

const { extract } = await import(ours());
const { extractIOC } = await import(peer(PEER));

/** Microseconds of one extraction, ours and the peer's. */
async function compare(text, { rounds, repeat = 1 }) {
  const times = (work) => () => {
    for (let left = repeat; left > 0; left--) work(text);
  };
  const both = await inTurns(rounds, [times(extract), times(extractIOC)]);
  return both.map((ms) => (ms * 1_000) / repeat);
}

const named = (value) => ({ name: PEER, value });
const rows = [];
{
  const [mine, theirs] = await compare(SELECTION, { rounds: 25, repeat: 200 });
  rows.push(row({ what: `extract, a selection of ${SELECTION.length} units`, unit: "us", ours: mine, peer: named(theirs), atMostOfPeer: 0.5 }));
}
if (existsSync(REPORTS)) {
  const files = readdirSync(REPORTS).filter((name) => name.endsWith(".adoc")).sort();
  const once = files.map((name) => readFileSync(REPORTS + name, "utf8")).join("\n");
  const text = once.repeat(Math.ceil(LONG / once.length)).slice(0, LONG);
  {
    const [mine, theirs] = await compare(text.slice(0, 4_000), { rounds: 25, repeat: 10 });
    rows.push(row({ what: "extract, 4,000 units of a report", unit: "us", ours: mine, peer: named(theirs), atMostOfPeer: 0.25 }));
  }
  {
    const [mine, theirs] = await compare(text.slice(0, 100_000), { rounds: 15 });
    rows.push(row({ what: "extract, 100,000 units, a page", unit: "us", ours: mine, peer: named(theirs), atMostOfPeer: 0.1 }));
  }
  const megabytes = Buffer.byteLength(text) / 1e6;
  const [mine, theirs] = await compare(text, { rounds: 3 });
  const perMegabyte = (us) => us / 1_000 / megabytes;
  const speed = `${(1_000 / perMegabyte(mine)).toFixed(0)} against ${(1_000 / perMegabyte(theirs)).toFixed(1)} MB/s`;
  rows.push(
    row({ what: `extract, 3 MB of reports (${speed})`, unit: "ms/MB", ours: perMegabyte(mine), peer: named(perMegabyte(theirs)), atMostOfPeer: 0.1 }),
  );
} else {
  console.error(`not compared: extraction from reports, because ${REPORTS} is absent`);
}
rows.push(...hostile());
print(rows);

/** What is repeated to make a text that is slow to search: signs without end, signs that promise something, and real beginnings. */
function hostile() {
  const patterns = [
    ..."a.:@[_-", "a.", "a@", "a+@", "::", "a:", "[:]", "[[", "a[.", "a[.]", "a].[", "a dot ", "a at b dot ", "1.", "1.1.1.1/24",
    "http:", "http://", "h[tt]p", "http://a@", "ws:a:", "x://a:b@", "\u00ad", "é.", "访a", "。", "3:a", "CVE-2021-",
    "d41d8cd98f00b204e9800998ecf8427e-", "evil.com ",
  ];
  const of = (pattern, length) => pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length);
  /** Milliseconds for each text, the best of some turns: what a pause of the machine adds is not the text's doing. */
  const best = (search, texts) => {
    const times = texts.map(() => Infinity);
    for (let round = 0; round < 7; round++) {
      for (const [index, text] of texts.entries()) {
        const start = performance.now();
        search(text);
        times[index] = Math.min(times[index], performance.now() - start);
      }
    }
    return times;
  };
  const [SHORT, LONG_TEXT] = [10_000, 200_000];
  const perMegabyte = (ms, text) => ms / (Buffer.byteLength(text) / 1e6);
  const [slowest, doubling, theirs] = [[], [], []];
  for (const pattern of patterns) {
    const [short, long, longer] = [SHORT, LONG_TEXT, 2 * LONG_TEXT].map((length) => of(pattern, length));
    const [once, twice] = best(extract, [long, longer]);
    slowest.push(perMegabyte(once, long));
    doubling.push(twice / once);
    theirs.push(perMegabyte(best(extractIOC, [short])[0], short));
  }
  const many = `extract, the slowest of ${patterns.length} hostile texts`;
  return [
    row({ what: many, unit: "ms/MB", ours: Math.max(...slowest), peer: named(Math.max(...theirs)), atMost: 200 }),
    row({ what: `${many}: twice as long takes`, unit: "x", ours: Math.max(...doubling), atMost: 2.6 }),
  ];
}
