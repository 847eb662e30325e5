// How much of what real reports hold is found, and how much else: in percent of F1 that is lacking, so that less is better.
// What is in them was decided by people, see the README beside the reports; they lie beside the repository and not in it.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ours, peer, print, row } from "./measure.mjs";

const REPORTS = fileURLToPath(new URL("../../../shared/data/reports/", import.meta.url));
const PEER = "ioc-extractor";
const NETWORK = new Set(["ipv4", "ipv6", "cidr", "domain", "url", "email"]);

const { classify, extract } = await import(ours());
const { extractIOC } = await import(peer(PEER));

/** The peer's lists, and the kinds of what is in them. */
const KIND_OF_LIST = {
  ipv4s: "ipv4", ipv6s: "ipv6", domains: "domain", urls: "url", emails: "email", md5s: "md5", sha1s: "sha1", sha256s: "sha256",
  sha512s: "sha512", ssdeeps: "ssdeep", cves: "cve", asns: "asn",
};

const pairOf = ({ kind, value }) => `${kind} ${value}`;
const kindOf = (pair) => pair.slice(0, pair.indexOf(" "));

/**
 * What the peer finds, with the values written as ours are. It reports the hosts of URLs and addresses of mail once more,
 * which is a choice and no mistake: they are left out.
 */
function foundByPeer(text) {
  const found = [];
  for (const [list, kind] of Object.entries(KIND_OF_LIST)) {
    for (const value of extractIOC(text)[list]) {
      const read = classify(value);
      found.push({ kind, value: read?.kind === kind ? read.value : value });
    }
  }
  const hosts = new Set(found.flatMap(({ kind, value }) => (kind === "url" || kind === "email" ? [hostOf(value)] : [])));
  return found.filter(({ kind, value }) => !["domain", "ipv4", "ipv6"].includes(kind) || !hosts.has(value)).map(pairOf);
}

function hostOf(value) {
  const authority = /^[a-z0-9+.-]+:\/\/([^/?#]*)/.exec(value)?.[1] ?? value;
  return authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d+$/, "");
}

class Score {
  right = 0;
  wrong = 0;
  missing = 0;

  add(found, wanted) {
    for (const pair of found) wanted.has(pair) ? (this.right += 1) : (this.wrong += 1);
    for (const pair of wanted) if (!found.has(pair)) this.missing += 1;
  }

  /** 100 % less F1. */
  get lacking() {
    return 100 * (1 - (2 * this.right) / (2 * this.right + this.wrong + this.missing));
  }
}

const lines = (name) => readFileSync(REPORTS + name, "utf8").trim().split("\n").map((line) => JSON.parse(line));
const only = (pairs, keep) => new Set([...pairs].filter(keep));

/** Adds up all reports, read by one of the two. */
function scoreOf(read) {
  const [all, network] = [new Score(), new Score()];
  let decoys = 0;
  for (const { text, wanted, optional, lookalikes } of reports) {
    const found = only(read(text), (pair) => !optional.has(pair));
    all.add(found, wanted);
    const isNetwork = (pair) => NETWORK.has(kindOf(pair));
    network.add(only(found, isNetwork), only(wanted, isNetwork));
    decoys += only(lookalikes, (pair) => found.has(pair)).size;
  }
  return { all: all.lacking, network: network.lacking, decoys };
}

function readReports() {
  const [truth, decoys] = [lines("truth.jsonl"), lines("decoys.jsonl")];
  const pairsOf = (rows, report) => new Set(rows.filter((one) => one.report === report).map(pairOf));
  return [...new Set(truth.map(({ report }) => report))].map((report) => ({
    text: readFileSync(`${REPORTS}${report}.adoc`, "utf8"),
    wanted: pairsOf(truth.filter(({ status }) => status === "indicator"), report),
    optional: pairsOf(truth.filter(({ status }) => status === "optional"), report),
    lookalikes: pairsOf(decoys, report),
  }));
}

let reports = [];
const rows = [];
if (existsSync(REPORTS)) {
  reports = readReports();
  const mine = scoreOf((text) => extract(text).map(pairOf));
  const theirs = scoreOf(foundByPeer);
  const compared = (what, unit, name, atMost) =>
    rows.push(row({ what, unit, ours: mine[name], peer: { name: PEER, value: theirs[name] }, atMost }));
  compared(`${reports.length} real reports, lacking to an F1 of 100 %`, "%", "all", 1);
  compared("the same, addresses, names, URLs and mail alone", "%", "network", 1.5);
  compared("what only looks like an indicator, taken for one", "", "decoys", null);
  const places = reports.flatMap(({ text }) => extract(text).filter(({ raw, start, end }) => text.slice(start, end) !== raw));
  rows.push(row({ what: "the same reports, places that hold another text", unit: "", ours: places.length, atMost: 0 }));
} else {
  console.error(`not compared: how exact extraction is, because ${REPORTS} is absent`);
}
print(rows);
