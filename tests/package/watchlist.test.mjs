// Watchlists as the package's users have them: built, kept, opened, asked, synchronised.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { entry, inFreshNode, packaged } from "../support/project.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

const { Watchlist, createClient, extract, syncWatchlist } = await import(entry());

const ENTRIES = [
  { value: "bad[.]example[.]com", score: 90, verdict: "malicious", source: "us", id: "17", label: "Schädlich" },
  { value: "10.0.0.0/8", score: 10.4, verdict: "benign" },
  { value: "2001:db8::/32", kind: "cidr" },
  { value: "http://shop.example.org/a/" },
  { value: "44d88612fea8a8f36de82e1278abb02f", verdict: "suspicious" },
  { value: "ended.example.net", expiresAt: "2020-01-01T00:00:00Z" },
  { value: "münchen.example.de" },
];
const list = Watchlist.build(ENTRIES, { name: "ours", expiresAt: "2030-01-01T00:00:00Z" });

const failure = (code, reason) => (error) => {
  assert.deepEqual([error.name, error.code, error.reason], ["LookupError", code, reason]);
  return true;
};

/** A list or a feed entry for which nothing was said. */
const SILENT = { score: null, verdict: "unknown", source: null, id: null, label: null };

describe("match", () => {
  const said = { score: 90, verdict: "malicious", source: "us", id: "17", label: "Schädlich" };
  const expected = {
    "bad.example.com": { kind: "domain", matchedBy: "exact", matchedValue: "bad.example.com", ...said },
    "hxxps://WWW.bad[.]example[.]com:443/ä?q": {
      value: "https://www.bad.example.com/%C3%A4?q",
      kind: "url",
      matchedBy: "parent-domain",
      matchedValue: "bad.example.com",
      ...said,
    },
    "who@bad.example.com": { kind: "email", matchedBy: "parent-domain", matchedValue: "bad.example.com", ...said },
    "10[.]1.2.3": { value: "10.1.2.3", kind: "ipv4", matchedBy: "cidr", matchedValue: "10.0.0.0/8", ...SILENT, score: 10, verdict: "benign" },
    "2001:DB8::1": { value: "2001:db8::1", kind: "ipv6", matchedBy: "cidr", matchedValue: "2001:db8::/32", ...SILENT },
    "https://shop.example.org/a/b": { kind: "url", matchedBy: "url-prefix", matchedValue: "http://shop.example.org/a/", ...SILENT },
    "44D88612FEA8A8F36DE82E1278ABB02F": {
      value: "44d88612fea8a8f36de82e1278abb02f",
      kind: "md5",
      matchedBy: "exact",
      matchedValue: "44d88612fea8a8f36de82e1278abb02f",
      ...SILENT,
      verdict: "suspicious",
    },
    "www.münchen.example.de": {
      value: "www.xn--mnchen-3ya.example.de",
      kind: "domain",
      matchedBy: "parent-domain",
      matchedValue: "xn--mnchen-3ya.example.de",
      ...SILENT,
    },
  };
  for (const [query, match] of Object.entries(expected)) {
    test(query, () => assert.deepEqual(list.match(query), { query, value: query, ...match }));
  }

  test("what is not on the list, has ended, or is no indicator: null", () => {
    const strangers = ["example.com", "11.0.0.1", "ended.example.net", "", " ", "word", "\0", "\ud800", "a.example.com\0", "x".repeat(10_000_000)];
    for (const value of strangers) assert.equal(list.match(value), null, value.slice(0, 20));
  });

  test("many at once answer as one by one, in their order, whatever stands in them", () => {
    const plain = [...Object.keys(expected), "nothing.example.com", "", "x".repeat(9_000), "bad.example.com"];
    for (const values of [plain, [...plain, "with\0in", "bad.example.com"], [], ["\0"]]) {
      assert.deepEqual(list.matchAll(values), values.map((value) => list.match(value)));
    }
    assert.deepEqual(list.matchAll(new Set(["bad.example.com"])).length, 1);
  });

  test("what is no text is refused", () => {
    for (const value of [undefined, null, 5, {}]) assert.throws(() => list.match(value), failure("config_invalid", "value"));
    assert.throws(() => list.matchAll(["a", 5]), failure("config_invalid", "values"));
    assert.throws(() => list.matchText(5), failure("config_invalid", "text"));
  });
});

test("in a text, matches stand where extract finds them", () => {
  const text = "Ä 😀 hxxp://bad[.]example[.]com/x, then 10.9.9.9 (and 11.9.9.9), \ud800 who@bad.example.com.";
  const matches = list.matchText(text);
  assert.deepEqual(matches.map(({ query }) => query), ["hxxp://bad[.]example[.]com/x", "10.9.9.9", "who@bad.example.com"]);
  for (const { query, start, end, ...match } of matches) {
    assert.equal(text.slice(start, end), query);
    assert.deepEqual({ query, ...match }, list.match(query));
    assert.ok(extract(text).some((found) => found.start === start && found.end === end));
  }
});

describe("build", () => {
  test("tells about the list", () => {
    assert.deepEqual([list.size, list.skipped, list.name, list.expiresAt], [7, 0, "ours", "2030-01-01T00:00:00Z"]);
    assert.ok(Math.abs(Date.parse(list.createdAt) - Date.now()) < 3_600_000);
    assert.equal(list.byteLength, list.toBytes().length);
  });

  test("leaves out and counts what cannot be read", () => {
    const unreadable = [null, undefined, 5, "bad.example.com", {}, { value: 5 }, { value: "word" }, { value: "x.com", kind: "no" },
      { value: "x.com", verdict: "no" }, { value: "x.com", expiresAt: "soon" }, { value: "x.com", expiresAt: 5 }, { value: "x.com\0" }];
    const built = Watchlist.build([...unreadable, { value: "a.example.com" }]);
    assert.deepEqual([built.size, built.skipped], [1, unreadable.length]);
  });

  test("takes whatever can be iterated over, in any number", () => {
    const built = Watchlist.build((function* () {
      for (let number = 0; number < 5_000; number += 1) yield { value: `n${number}.example.com`, id: `${number}`, source: `s${number % 7}` };
    })());
    assert.equal(built.size, 5_000);
    for (const number of [0, 2_047, 2_048, 4_999]) {
      const { id, source } = built.match(`n${number}.example.com`);
      assert.deepEqual([id, source], [`${number}`, `s${number % 7}`]);
    }
  });

  test("keeps a text that holds a NUL, but for the NUL", () => {
    assert.equal(Watchlist.build([{ value: "a.example.com", label: "l\0l" }]).match("a.example.com").label, "l\ufffdl");
  });

  test("refuses what cannot be iterated over, options that are none, and `new`", () => {
    for (const entries of [undefined, null, 5, {}, "text"]) assert.throws(() => Watchlist.build(entries), failure("indicator_invalid", "entries"));
    assert.throws(() => Watchlist.build([], { name: 5 }), failure("config_invalid", "name"));
    assert.throws(() => Watchlist.build([], { expiresAt: "soon" }), failure("config_invalid", "expiresAt"));
    assert.throws(() => new Watchlist(), failure("config_invalid", "constructor"));
  });

  test("throws what the entries throw, and goes on afterwards", () => {
    const mine = new Error("mine");
    assert.throws(() => Watchlist.build((function* () { throw mine; })()), (error) => error === mine);
    assert.equal(Watchlist.build([{ value: "a.example.com" }]).size, 1);
  });
});

describe("open", () => {
  test("answers as before", () => {
    const again = Watchlist.open(list.toBytes());
    assert.deepEqual(again.toBytes(), list.toBytes());
    assert.deepEqual([again.size, again.name, again.createdAt, again.expiresAt], [list.size, list.name, list.createdAt, list.expiresAt]);
    for (const { value } of ENTRIES) assert.deepEqual(again.match(value), list.match(value));
  });

  test("takes a copy of the bytes", () => {
    const bytes = list.toBytes();
    const again = Watchlist.open(bytes);
    bytes.fill(0);
    assert.notEqual(again.match("bad.example.com"), null);
  });

  test("refuses every damaged snapshot", () => {
    const bytes = list.toBytes();
    for (let index = 0; index < bytes.length; index += 1) {
      const damaged = bytes.slice();
      damaged[index] ^= 1 << index % 8;
      assert.throws(() => Watchlist.open(damaged), (error) => error.code === "snapshot_invalid", `byte ${index}`);
    }
    assert.throws(() => Watchlist.open(bytes.subarray(1)), failure("snapshot_invalid", "magic"));
    assert.throws(() => Watchlist.open(bytes.subarray(0, 100)), failure("snapshot_invalid", "length"));
    assert.throws(() => Watchlist.open(new Uint8Array()), failure("snapshot_invalid", "length"));
    for (const none of [undefined, "text", [1], new ArrayBuffer(8)]) assert.throws(() => Watchlist.open(none), failure("config_invalid", "snapshot"));
  });
});

test("a freed list says so, and can be freed again", () => {
  const gone = Watchlist.build([{ value: "a.example.com" }]);
  gone.free();
  gone.free();
  for (const use of [() => gone.match("a"), () => gone.matchAll([]), () => gone.matchText(""), () => gone.toBytes()]) {
    assert.throws(use, failure("snapshot_invalid", "freed"));
  }
  assert.equal(gone.size, 1);
});

test("a list whose instance was replaced says so, can be freed, and opens again from its snapshot", async () => {
  const found = await inFreshNode(`
    import { Watchlist } from "ioc-lookup";
    import { restart } from ${JSON.stringify(packaged("load.js"))};
    const list = Watchlist.build([{ value: "a.example.com" }]);
    const snapshot = list.toBytes();
    restart();
    const reasons = [() => list.match("a.example.com"), () => list.matchAll([]), () => list.toBytes()].map((use) => {
      try { return use(); } catch ({ code, reason }) { return [code, reason]; }
    });
    list.free();
    answer({ reasons, matched: Watchlist.open(snapshot).match("www.a.example.com").matchedBy });
  `);
  assert.deepEqual(found, { reasons: Array(3).fill(["snapshot_invalid", "lost"]), matched: "parent-domain" });
});

describe("syncWatchlist", () => {
  let sandbox;
  let client;
  before(async () => {
    sandbox = await startSandbox();
    client = await createClient(threatqConfig(sandbox, { name: "ours" }));
  });
  after(async () => {
    client?.close();
    await sandbox?.stop();
  });

  const broken = (error) => ({ name: "broken", async *indicatorFeed() { throw error; } });
  const down = Object.assign(new Error("down"), { code: "network" });

  test("holds what the feed says, under the client's name, page by page", async () => {
    const progress = [];
    const synchronised = await syncWatchlist([client], { pageSize: 50, onProgress: (now) => progress.push(now), name: "n" });
    assert.equal(synchronised.name, "n");
    const { source, verdict } = synchronised.match("www.bad.example");
    assert.deepEqual([source, verdict], ["ours", "malicious"]);
    assert.equal(synchronised.match("example.com")?.score, 60);
    assert.ok(progress.length > 2 && progress.every(({ done }, index) => index === 0 || done >= progress[index - 1].done));
    assert.equal(progress.at(-1).done, progress.at(-1).total);
  });

  test("with what has changed since, the rest stays", async () => {
    const previous = await syncWatchlist([client]);
    const since = new Date(Date.now() + 3_600_000).toISOString();
    const next = await syncWatchlist([client], { previous, updatedSince: since });
    assert.equal(next.size, previous.size);
    assert.deepEqual(next.match("example.com"), previous.match("example.com"));
  });

  test("a client that fails keeps what it said; another's former entries go", async () => {
    const feed = (name, ...values) => ({ name, async *indicatorFeed() { yield values.map((value) => ({ value, score: 50 })); } });
    const previous = await syncWatchlist([feed("broken", "kept.example.com"), feed("other", "gone.example.com")]);
    const next = await syncWatchlist([broken(down), feed("other", "new.example.com")], { previous });
    assert.deepEqual(next.matchAll(["kept.example.com", "gone.example.com", "new.example.com"]).map((match) => match?.source), ["broken", undefined, "other"]);
  });

  test("when all fail, the first error is thrown; an abort always is", async () => {
    await assert.rejects(syncWatchlist([broken(down), broken(new Error("second"))]), (error) => error === down);
    await assert.rejects(syncWatchlist([client], { signal: AbortSignal.abort() }), failure("aborted", undefined));
  });

  test("refuses what are no clients and no list", async () => {
    for (const clients of [undefined, [], [{}]]) await assert.rejects(syncWatchlist(clients), failure("config_invalid", "clients"));
    await assert.rejects(syncWatchlist([client], { previous: {} }), failure("config_invalid", "previous"));
  });
});

test("the clock is read once for a call, and not at all where nothing that ends is met", (context) => {
  const ends = Watchlist.build(["a.example.org", "b.example.org"].map((value) => ({ value, expiresAt: "2099-01-01T00:00:00Z" })));
  const now = context.mock.method(Date, "now");
  const readBy = (ask) => {
    now.mock.resetCalls();
    ask();
    return now.mock.callCount();
  };
  const both = ["a.example.org", "b.example.org"];
  assert.equal(readBy(() => list.matchAll(["bad.example.com", "10.1.1.1", "nobody.example.org"])), 0);
  assert.equal(readBy(() => ends.match("a.example.org")), 1);
  assert.equal(readBy(() => ends.matchAll(both)), 1);
  assert.equal(readBy(() => ends.matchText(both.join(" and "))), 1);
  ends.free();
});

test("answers are read whole although the memory grows meanwhile", async () => {
  const { core } = await import(pathToFileURL(packaged("load.js")));
  const list = Watchlist.build([{ value: "bad.example.com", id: "7", label: "Trickbot", source: "feed", score: 70 }]);
  const { attributes } = core().CoreWatchlist.prototype;
  core().CoreWatchlist.prototype.attributes = function (number) {
    core().coreMemory().grow(1);
    return attributes.call(this, number);
  };
  try {
    const [match] = list.matchText("at www.bad.example.com");
    assert.deepEqual([match.matchedValue, match.id, match.label, match.source], ["bad.example.com", "7", "Trickbot", "feed"]);
  } finally {
    core().CoreWatchlist.prototype.attributes = attributes;
  }
});
