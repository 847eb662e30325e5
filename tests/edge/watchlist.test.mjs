// The list of an isolate: how it is switched, and what happens when anything about it is wrong. Traffic always flows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { actions, bucketOf, openStage, publishEntries, putManifest, putShard, verdictOf, Watchlist } from "./stage.mjs";

const LISTED = "203.0.113.66";
const EVERY_REQUEST = { REFRESH_MS: 0 };
const from = (address) => ({ headers: { "CF-Connecting-IP": address } });
const listed = (verdict = "malicious") => [{ value: LISTED, score: 90, verdict, source: "threatq" }];
const snapshot = (entries) => Watchlist.build(entries).toBytes();

/** A stage without a platform, closed when `work` is over. */
async function onStage(options, work) {
  const stage = await openStage({ sandbox: null, ...options });
  try {
    await work(stage);
  } finally {
    await stage.close();
  }
}

/** A stage with an isolate for each of `cases`, each with storage of its own: `work(stage, one, name, bucket)` for all. */
async function onEach(cases, options, work) {
  const names = cases.map((_, at) => `edge-${at}`);
  const change = (made, at) => {
    const bindings = { ...made.bindings, TROUBLE: String(cases[at]) };
    return { ...made, bindings, r2Buckets: { WATCHLIST: `lists-${at}`, ENRICHED: "enriched" } };
  };
  await onStage({ names, change, ...options }, async (stage) => {
    for (const [at, one] of cases.entries()) await work(stage, one, names[at], await bucketOf(stage, names[at]));
  });
}

const ask = async (stage, name = "edge") => {
  const answer = await stage.fetch("/page", from(LISTED), name);
  assert.equal(answer.status, 200);
  return verdictOf(answer);
};

/** Asks until the answer is of this list: a switch takes as many requests as it takes, and each must pass. */
async function askUntil(stage, { id }, name) {
  for (let asked = 0; asked < 1_000; asked++) {
    const found = await ask(stage, name);
    if (found.list === id.slice(0, 8)) return found;
  }
  return assert.fail("the list was never switched");
}

test("a switch under load gives no wrong answer and no failed one", async () => {
  await onStage({ names: ["edge", "fra"], bindings: EVERY_REQUEST }, async (stage) => {
    const bucket = await bucketOf(stage);
    // Lists alternate in whether they know the address; each is big enough that opening it takes its time.
    const filler = Array.from({ length: 20_000 }, (_, at) => ({ value: `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`, score: 50, verdict: "suspicious" }));
    const right = new Map();
    let manifest = null;
    const publishNext = async (generation) => {
      const entries = [...filler, { value: `generation-${generation}.example.org` }, ...(generation % 2 === 0 ? listed() : [])];
      manifest = await publishEntries(bucket, entries, { previous: manifest });
      right.set(manifest.id.slice(0, 8), generation % 2 === 0 ? "malicious" : "none");
    };
    await publishNext(0);
    let asking = true;
    let answers = 0;
    const seen = new Set();
    const load = Array.from({ length: 8 }, async (_, at) => {
      while (asking) {
        const answer = await stage.fetch("/page", from(LISTED), at % 2 ? "fra" : "edge");
        assert.equal(answer.status, 200);
        const { verdict, list } = await verdictOf(answer);
        assert.equal(verdict, right.get(list), `list ${list}`);
        seen.add(list);
        answers += 1;
      }
    });
    const failed = Promise.all(load);
    const publishing = (async () => {
      for (let generation = 1; generation <= 6; generation++) {
        await publishNext(generation);
        const newest = manifest.id.slice(0, 8);
        while (!seen.has(newest)) await Promise.race([new Promise(setImmediate), failed]);
      }
      asking = false;
    })();
    await Promise.all([publishing, failed]);
    assert.equal(seen.size, 7, "every list was in force");
    assert.ok(answers > 50, `${answers} answers`);
    console.log(`# ${answers} requests in two isolates, 7 lists, no wrong answer`);
  });
});

test("without a bucket, and with an empty one, requests pass as unavailable", async () => {
  for (const change of [(options) => ({ ...options, r2Buckets: {} }), undefined]) {
    await onStage(change && { change }, async (stage) => {
      for (let asked = 0; asked < 3; asked++) assert.deepEqual(await ask(stage), { verdict: "unavailable" });
      assert.equal(actions(stage.lines, "watchlist-load").length, 1, "a failure is told once, not per request");
    });
  }
});

test("with a KV namespace in place of the bucket the answers are the same", async () => {
  const change = ({ r2Buckets: { ENRICHED }, ...options }) => ({ ...options, r2Buckets: { ENRICHED }, kvNamespaces: { WATCHLIST_KV: "lists" } });
  await onStage({ change }, async (stage) => {
    await publishEntries(await stage.miniflare.getKVNamespace("WATCHLIST_KV", "edge"), listed());
    assert.equal((await ask(stage)).verdict, "malicious");
  });
});

test("storage that hangs or throws costs a request its budget at most, and its words stay out of the log", async () => {
  const cases = ["storage that hangs", "storage that throws"];
  await onEach(cases, { troubled: true, bindings: { BUDGET_MS: 30 } }, async (stage, trouble, name) => {
    for (let asked = 0; asked < 5; asked++) assert.deepEqual(await ask(stage, name), { verdict: "unavailable" }, trouble);
    assert.ok(!stage.lines.some((line) => line.includes("secret of the storage")));
  });
});

const DAMAGES = [
  ["with a flipped bit", (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1] ^ 1)],
  ["cut off", (bytes) => bytes.subarray(0, bytes.length >> 1)],
  ["empty", () => new Uint8Array(0)],
  ["something else", () => new TextEncoder().encode("<html>Not found</html>".repeat(20))],
];

/** Publishes over `good` a list whose first shard is damaged. */
async function publishDamaged(bucket, good, damage) {
  const network = await putShard(bucket, "network", damage(snapshot(listed())));
  return putManifest(bucket, [network, good.shards[1]], good);
}

test("a new list that is damaged is not taken: the one in force stays, until a better one is published", async () => {
  await onEach(DAMAGES, { bindings: EVERY_REQUEST }, async (stage, [what, damage], name, bucket) => {
    const good = await publishEntries(bucket, listed());
    const before = await ask(stage, name);
    assert.equal(before.verdict, "malicious");
    stage.lines.length = 0;
    await publishDamaged(bucket, good, damage);
    const refused = () => actions(stage.lines, "watchlist-switch").length;
    while (refused() === 0) assert.deepEqual(await ask(stage, name), before, what);
    for (let asked = 0; asked < 3; asked++) assert.deepEqual(await ask(stage, name), before, what);
    assert.equal(refused(), 1, "bytes known as damaged are not fetched again");
    const healed = await publishEntries(bucket, listed("suspicious"), { previous: good });
    assert.equal((await askUntil(stage, healed, name)).verdict, "suspicious");
  });
});

test("an isolate that starts while the new list is damaged takes the previous one", async () => {
  await onEach(DAMAGES, {}, async (stage, [what, damage], name, bucket) => {
    const good = await publishEntries(bucket, listed());
    await publishDamaged(bucket, good, damage);
    const found = await ask(stage, name);
    assert.deepEqual([found.verdict, found.list], ["malicious", good.id.slice(0, 8)], what);
  });
});

test("a manifest that is none, and one that names blobs that are gone, let requests pass", async () => {
  const manifests = [
    ...["", "{", "null", "[]", "{\"format\":2}", "{\"format\":1,\"id\":\"x\",\"shards\":[null],\"previous\":null}"],
    JSON.stringify({ format: 1, id: "x", shards: [{ name: "network", key: "watchlist/gone" }], previous: null }),
    JSON.stringify({ format: 1, id: "x", shards: [], previous: { id: "y", shards: [{ name: "network", key: "watchlist/gone" }] } }),
  ];
  await onEach(manifests, {}, async (stage, text, name, bucket) => {
    await bucket.put("watchlist/manifest.json", text);
    assert.deepEqual(await ask(stage, name), { verdict: "unavailable" }, text);
  });
});

test("with the clock wrong requests pass, compared with the newest list", async () => {
  const cases = ["a clock ten years ahead", "a clock that starts in 1970", "a clock that cannot be read"];
  await onEach(cases, { troubled: true, bindings: EVERY_REQUEST }, async (stage, trouble, name, bucket) => {
    const first = await publishEntries(bucket, listed());
    assert.equal((await ask(stage, name)).verdict, "malicious", trouble);
    const second = await publishEntries(bucket, listed("suspicious"), { previous: first });
    assert.equal((await askUntil(stage, second, name)).verdict, "suspicious", trouble);
  });
});

test("a clock that is set back by a year does not keep an old list for a year", async () => {
  await onEach(["a clock that is set back by a year"], { troubled: true }, async (stage, _trouble, name, bucket) => {
    const first = await publishEntries(bucket, listed());
    assert.equal((await ask(stage, name)).verdict, "malicious");
    await askUntil(stage, await publishEntries(bucket, listed("suspicious"), { previous: first }), name);
  });
});

test("after a trap one request passes unannotated, and the next is compared again", async () => {
  await onEach(["a core that is replaced"], { troubled: true }, async (stage, _trouble, name, bucket) => {
    await publishEntries(bucket, listed());
    const verdicts = [];
    for (let asked = 0; asked < 4; asked++) verdicts.push((await ask(stage, name)).verdict);
    assert.deepEqual(verdicts, ["malicious", "unavailable", "malicious", "malicious"]);
  });
});
