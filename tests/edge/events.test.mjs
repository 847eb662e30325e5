// Log events: into the queue, through the consumer, out as enriched NDJSON.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { AUTHORIZED, actions, bucketOf, openStage, publishEntries } from "./stage.mjs";

const HASH = "7962b63221aca9cc98c9c938c57d56e491d8cf86aa9698430b4e9675a50c5ac7";
const AT = new Date("2026-11-25T10:00:00Z");
const messages = (...bodies) => bodies.map((body, at) => ({ id: `m${at}-${JSON.stringify(body).length}`, timestamp: AT, attempts: 1, body }));

const EVENTS = [
  { message: "nothing here", "source.ip": "198.51.100.1" },
  { source: { ip: "203.0.113.9" }, event: { action: "connect" } },
  { "destination.domain": "login.bad.example.org", threat: { enrichments: [{ own: true }] } },
  { file: { hash: { sha256: HASH } } },
  { message: "GET hxxp://bad[.]example[.]org/gate.php", tags: ["a"] },
];
const NETWORK = [
  { value: "203.0.113.9", score: 80, verdict: "malicious", source: "threatq" },
  { value: "bad.example.org", score: 90, verdict: "malicious", source: "list" },
];
const FILES = [{ value: HASH, score: 70, verdict: "malicious", source: "threatq" }];

const written = async (stage) => {
  const bucket = await stage.miniflare.getR2Bucket("ENRICHED", "edge");
  const { objects } = await bucket.list();
  return Promise.all(objects.map(async ({ key }) => ({ key, text: await (await bucket.get(key)).text() })));
};
const parsed = ({ text }) => text.trim().split("\n").map((line) => JSON.parse(line));
const matchedIn = ({ threat }) => (threat?.enrichments ?? []).map(({ matched }) => matched?.field).filter(Boolean);

describe("the consumer", () => {
  let stage;
  before(async () => {
    const atOnce = (made) => ({ ...made, queueConsumers: { "ioc-lookup-events": { ...made.queueConsumers["ioc-lookup-events"], maxBatchTimeout: 0 } } });
    stage = await openStage({ change: atOnce });
    await publishEntries(await bucketOf(stage), NETWORK, { files: FILES });
  });
  after(() => stage?.close());

  test("a batch is written with what list and platform know, one look-up for all of it", async () => {
    await stage.sandbox.requests();
    const { outcome, ackAll, retryBatch } = await stage.deliver(messages(...EVENTS));
    assert.deepEqual([outcome, ackAll, retryBatch.retry], ["ok", true, false]);
    const [object, ...more] = await written(stage);
    assert.deepEqual(more, []);
    assert.match(object.key, /^events\/2026-11-25\/[0-9a-f]{32}\.ndjson$/);
    const events = parsed(object);
    assert.deepEqual(events.map(matchedIn), [[], ["source.ip"], ["destination.domain"], ["file.hash.sha256"], ["message"]]);
    assert.deepEqual(events[0], EVENTS[0], "an event without a match is as it was");
    assert.deepEqual(events[2].threat.enrichments[0], { own: true });
    assert.deepEqual([events[1].event, events[4].tags], [{ action: "connect" }, ["a"]]);
    // What the platform itself says about the address stands beside the list's word.
    assert.ok(events[1].threat.enrichments.length >= 2);
    const requests = (await stage.sandbox.requests()).filter(({ path }) => path !== "/api/token");
    assert.equal(requests.length, 1, "one question about all values");
  });

  test("a batch that is delivered twice is written once", async () => {
    await stage.deliver(messages(...EVENTS));
    assert.equal((await written(stage)).length, 1);
  });

  test("messages that are no events, or hostile ones, hold nothing up", async () => {
    const hostile = ["text", null, 7, [], { threat: "text", "source.ip": "203.0.113.9" }, { source: null, file: { hash: 7 } }, { message: "a.".repeat(50_000) }, { constructor: 7, "source.ip": ["203.0.113.9", null, 7] }];
    const { outcome, ackAll } = await stage.deliver(messages(...hostile));
    assert.deepEqual([outcome, ackAll], ["ok", true]);
    const events = parsed((await written(stage)).find(({ text }) => text.startsWith("\"text\"")));
    assert.equal(events.length, hostile.length);
    assert.deepEqual([matchedIn(events[4]), matchedIn(events[7])], [["source.ip"], ["source.ip"]]);
  });

  test("events that a caller sends come out enriched", async () => {
    const marked = EVENTS.map((event) => ({ ...event, "event.id": "sent by a caller" }));
    const headers = { ...AUTHORIZED, "Content-Type": "application/x-ndjson" };
    const body = `${marked.map((event) => JSON.stringify(event)).join("\n")}\n\n`;
    const answer = await stage.fetch("/events", { method: "POST", headers, body });
    assert.deepEqual([answer.status, await answer.json()], [202, { accepted: EVENTS.length }]);
    // The queue delivers in its own time, perhaps in several batches.
    const arrived = async () => (await written(stage)).flatMap(parsed).filter((event) => event?.["event.id"] === "sent by a caller");
    let events = await arrived();
    while (events.length < EVENTS.length) events = await arrived();
    assert.deepEqual(events.flatMap(matchedIn).sort(), ["destination.domain", "file.hash.sha256", "message", "source.ip"]);
  });

  test("what is no list of events is refused", async () => {
    const send = async (body, type = "application/json") => (await stage.fetch("/events", { method: "POST", headers: { ...AUTHORIZED, "Content-Type": type }, body })).status;
    assert.equal(await send("[]"), 400);
    assert.equal(await send("{}"), 400);
    assert.equal(await send("[1]"), 400);
    assert.equal(await send("{\"a\":1}\nnot json", "application/x-ndjson"), 400);
    assert.equal(await send(JSON.stringify(Array(1_001).fill({}))), 400);
    assert.equal(await send(JSON.stringify([{ message: "x".repeat(100_001) }])), 413);
    assert.equal(await send(JSON.stringify([{ message: "x".repeat(5 * 1024 * 1024) }])), 413);
    assert.equal(await send("[{}]", "text/plain"), 415);
  });

  test("with the platform down the list's word is written all the same", async () => {
    await stage.sandbox.stop();
    const event = { "source.ip": "203.0.113.9", "event.id": "platform is down" };
    const { ackAll } = await stage.deliver(messages(event));
    assert.equal(ackAll, true);
    const [enriched] = parsed((await written(stage)).find(({ text }) => text.includes("platform is down")));
    assert.deepEqual(matchedIn(enriched), ["source.ip"]);
  });
});

test("without a watchlist, and without the bucket, a batch is delivered again later", async () => {
  const withoutBucket = ({ r2Buckets: { WATCHLIST }, ...made }) => ({ ...made, r2Buckets: { WATCHLIST } });
  for (const [change, prepare] of [
    [(made) => made, async () => {}],
    [withoutBucket, async (stage) => publishEntries(await bucketOf(stage), NETWORK)],
  ]) {
    const stage = await openStage({ sandbox: null, change });
    try {
      await prepare(stage);
      const { outcome, ackAll, retryBatch } = await stage.deliver(messages(...EVENTS));
      assert.deepEqual([outcome, ackAll, retryBatch], ["ok", false, { retry: true, delaySeconds: 30 }]);
      assert.equal(actions(stage.lines, "enrich").length, 1);
    } finally {
      await stage.close();
    }
  }
});
