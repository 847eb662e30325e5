// One watchlist in several blobs, which answer as one.
//
// They are cut by kind, so that an isolate opens only what it compares: requests hold no file hashes. What can match
// one value (a URL: its text, its host, the host's network) stays in one shard.

export const SHARDS = [
  { name: "network", kinds: ["ipv4", "ipv6", "cidr", "domain", "url", "email", "asn"] },
  { name: "files", kinds: ["md5", "sha1", "sha256", "sha512", "ssdeep", "cve"] },
];

/** What requests are compared with, and what log events are. */
export const FOR_REQUESTS = ["network"];
export const FOR_EVENTS = ["network", "files"];

/** From harmless to harmful. */
const VERDICTS = ["benign", "unknown", "suspicious", "malicious"];

/** The opened shards of one published list. Synchronous: who keeps an instance across an await may find it freed. */
export class Shards {
  #opened;

  /** @param id the published list. @param opened by name of the shard: `{ key, list }`, a blob's key and its `Watchlist`. */
  constructor(id, opened) {
    this.id = id;
    this.#opened = opened;
  }

  has(names) {
    return names.every((name) => this.#opened.has(name));
  }

  /** The opened shard, if it is still that of this blob. */
  find(name, key) {
    const opened = this.#opened.get(name);
    return opened?.key === key ? opened : undefined;
  }

  /** What is known about one value, in the first of these shards that knows it. */
  match(value, names) {
    for (const name of names) {
      const match = this.#opened.get(name)?.list.match(value) ?? null;
      if (match !== null) return match;
    }
    return null;
  }

  /** Everything known that stands in a text, with `start` and `end`. */
  matchText(text, names) {
    return names.flatMap((name) => this.#opened.get(name)?.list.matchText(text) ?? []);
  }

  /** Frees what `others` does not hold as well. */
  freeUnlessIn(others) {
    for (const [name, { key, list }] of this.#opened) if (others?.find(name, key) === undefined) list.free();
  }
}

/** The most harmful of some matches, each as `{ match, … }`. */
export function worst(hits) {
  return hits.reduce((worst, hit) => (worst === null || rank(hit.match) > rank(worst.match) ? hit : worst), null);
}

/** Verdict first, score second. */
function rank({ verdict, score }) {
  return VERDICTS.indexOf(verdict) * 1_000 + (score ?? 0);
}
