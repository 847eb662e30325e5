// The Cron trigger: from the platform's records to a published list that requests are compared with.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { actions, bucketOf, openStage, verdictOf, Watchlist } from "./stage.mjs";

const MANIFEST = "watchlist/manifest.json";
const from = (address) => ({ headers: { "CF-Connecting-IP": address } });
const manifestOf = async (bucket) => (await bucket.get(MANIFEST)).json();
const keysIn = async (bucket) => (await bucket.list()).objects.map(({ key }) => key).filter((key) => key !== MANIFEST).sort();
const keysOf = (generation) => generation.shards.map(({ key }) => key).sort();

describe("synchronisation", () => {
  let stage;
  let bucket;
  before(async () => {
    stage = await openStage({ bindings: { REFRESH_MS: 0 } });
    bucket = await bucketOf(stage);
  });
  after(() => stage?.close());

  const openShard = async (manifest, name) => {
    const { key } = manifest.shards.find((shard) => shard.name === name);
    return Watchlist.open(new Uint8Array(await (await bucket.get(key)).arrayBuffer()));
  };

  test("a first run publishes a blob per shard and a manifest that names them", async () => {
    assert.equal((await stage.synchronise()).outcome, "ok");
    const manifest = await manifestOf(bucket);
    assert.deepEqual(manifest.shards.map(({ name }) => name), ["network", "files"]);
    assert.deepEqual(await keysIn(bucket), keysOf(manifest));
    const [network, files] = [await openShard(manifest, "network"), await openShard(manifest, "files")];
    assert.deepEqual(manifest.shards.map(({ entries }) => entries), [network.size, files.size]);
    assert.equal(network.match("bad[.]example").verdict, "malicious");
    assert.equal(network.match("7962b63221aca9cc98c9c938c57d56e491d8cf86aa9698430b4e9675a50c5ac7"), null);
    assert.equal(files.match("7962b63221aca9cc98c9c938c57d56e491d8cf86aa9698430b4e9675a50c5ac7").verdict, "malicious");
  });

  test("a request is compared with what the platform knows", async () => {
    const { verdict, field } = await verdictOf(await stage.fetch("/", from("203.0.113.9")));
    assert.deepEqual([verdict, field], ["malicious", "client.ip"]);
  });

  test("a run in which nothing changed publishes the same list, and asks for changes alone", async () => {
    const before = await manifestOf(bucket);
    await stage.sandbox.requests();
    await ageOf(before, { syncedAt: Date.now() + 3_600_000 });
    assert.equal((await stage.synchronise()).outcome, "ok");
    const manifest = await manifestOf(bucket);
    assert.equal(manifest.id, before.id);
    assert.deepEqual(keysOf(manifest), keysOf(before));
    assert.deepEqual(await keysIn(bucket), keysOf(manifest));
  });

  test("a full run, a day later, publishes anew; the list before stays readable, the one before that does not", async () => {
    const generations = [await manifestOf(bucket)];
    for (let day = 1; day <= 2; day++) {
      await ageOf(await manifestOf(bucket), { fullAt: Date.now() - 25 * 3_600_000 });
      assert.equal((await stage.synchronise()).outcome, "ok");
      generations.push(await manifestOf(bucket));
    }
    const [first, second, third] = generations;
    assert.equal(new Set(generations.map(({ id }) => id)).size, 3);
    assert.equal(third.previous.id, second.id);
    assert.deepEqual(await keysIn(bucket), [...keysOf(second), ...keysOf(third)].sort());
    assert.equal(await bucket.get(first.shards[0].key), null);
  });

  test("a previous blob that is gone or damaged makes the run a full one", async () => {
    for (const damage of [(key) => bucket.delete(key), (key) => bucket.put(key, "no snapshot")]) {
      const before = await manifestOf(bucket);
      await damage(before.shards[0].key);
      assert.equal((await stage.synchronise()).outcome, "ok");
      const manifest = await manifestOf(bucket);
      assert.ok(Date.parse(manifest.shards[0].fullAt) > Date.parse(before.shards[0].fullAt));
      assert.equal((await openShard(manifest, "network")).match("bad.example").verdict, "malicious");
    }
  });

  test("of two runs at once one publishes, and no blob is left behind", async () => {
    await ageOf(await manifestOf(bucket), { fullAt: Date.now() - 25 * 3_600_000 });
    const outcomes = await Promise.all([stage.synchronise(), stage.synchronise()]);
    assert.deepEqual(outcomes.map(({ outcome }) => outcome), ["ok", "ok"]);
    const manifest = await manifestOf(bucket);
    const needed = new Set([...keysOf(manifest), ...keysOf(manifest.previous ?? { shards: [] })]);
    assert.deepEqual((await keysIn(bucket)).filter((key) => !needed.has(key)), []);
    assert.equal((await verdictOf(await stage.fetch("/", from("203.0.113.9")))).verdict, "malicious");
  });

  test("with the platform down the run fails, the list stays, and traffic is compared with it", async () => {
    const before = await manifestOf(bucket);
    await stage.sandbox.stop();
    stage.lines.length = 0;
    const { outcome } = await stage.synchronise();
    assert.notEqual(outcome, "ok");
    assert.deepEqual(await manifestOf(bucket), before);
    assert.equal(actions(stage.lines, "watchlist-sync")[0]["error.code"], "network");
    assert.equal((await verdictOf(await stage.fetch("/", from("203.0.113.9")))).verdict, "malicious");
  });

  /** The manifest as it would be at another time. */
  async function ageOf(manifest, times) {
    const moved = Object.fromEntries(Object.entries(times).map(([name, time]) => [name, new Date(time).toISOString()]));
    await bucket.put(MANIFEST, JSON.stringify({ ...manifest, shards: manifest.shards.map((shard) => ({ ...shard, ...moved })) }));
  }
});
