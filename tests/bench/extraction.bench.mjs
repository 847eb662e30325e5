// Indicators in text: a long report, a selection in a page, a paragraph. The reports are real ones, kept beside the
// repository and not in it.
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
print(rows);
