// What annotation costs: CPU time per request, and the memory of an isolate that holds a million entries.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

import { Miniflare } from "miniflare";

import { feedRows } from "../support/feed.mjs";
import { openStage, putManifest, putShard, verdictOf, Watchlist } from "./stage.mjs";
import { cpuMs, memoryMiB, processes, unmeasurable } from "./workerd.mjs";

const MILLION = 1_000_000;
/** Of an isolate in Cloudflare's network. */
const ISOLATE_MIB = 128;

/** Requests in a turn, and turns of each way. */
const REQUESTS = 200;
const TURNS = 5;

/** CPU milliseconds per request of each way, the median of turns that alternate: a slow moment hits all of them. */
async function cpuPerRequest(ways) {
  const turns = ways.map(() => []);
  // The first turn is the warm-up.
  for (let turn = 0; turn <= TURNS; turn++) {
    for (const [way, send] of ways.entries()) {
      const start = cpuMs();
      for (let at = 0; at < REQUESTS; at += 10) await Promise.all(Array.from({ length: 10 }, (_, one) => send(at + one)));
      if (turn > 0) turns[way].push((cpuMs() - start) / REQUESTS);
    }
  }
  return turns.map((times) => times.sort((one, other) => one - other)[TURNS >> 1]);
}

const request = (at) => ({
  path: `/products/${at}?q=shoes&ref=https%3A%2F%2Fshop-${at}.example.net%2Fx`,
  init: { headers: { "CF-Connecting-IP": `198.18.${at >> 8 & 255}.${at & 255}`, Referer: `https://page-${at}.example.net/`, "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/150.0" } },
});

/** The same way to the origin, without any annotation: `{ fetch, close }`. */
async function startPlain(origin) {
  const script = "export default { fetch: (request, env) => fetch(new Request(env.ORIGIN + new URL(request.url).pathname, request)) };";
  const miniflare = new Miniflare({ modules: true, script, compatibilityDate: "2026-04-01", bindings: { ORIGIN: origin } });
  await miniflare.ready;
  return { fetch: (path, init) => miniflare.dispatchFetch(`http://plain.invalid${path}`, init), close: () => miniflare.dispose() };
}

const sendBy = (fetch) => async (at) => {
  const { path, init } = request(at);
  const answer = await fetch(path, init);
  await answer.arrayBuffer();
  assert.equal(answer.status, 200);
};

/** Rows of the real feed as entries; synthetic ones where there is no feed. */
function entries(count) {
  const rows = feedRows(count);
  if (rows === null) return synthetic(count);
  return rows.map(([value, kind, category]) => {
    const suspicious = category === "suspicious";
    return { value, kind, score: suspicious ? 50 : 90, verdict: suspicious ? "suspicious" : "malicious", source: category };
  });
}

function* synthetic(count) {
  const said = { score: 90, verdict: "malicious", source: "synthetic" };
  for (let at = 0; at < count; at++) {
    const address = `${11 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}.7`;
    yield { value: at % 8 === 0 ? address : `host-${at.toString(36)}.zone-${at % 4_096}.com`, ...said };
  }
}

test("an isolate with a million entries stays under its 128 MB, through a switch as well", { skip: unmeasurable }, async () => {
  const build = Date.now();
  const list = Watchlist.build(entries(MILLION));
  const bytes = list.toBytes();
  assert.ok(list.size >= 0.98 * MILLION, `${list.size} entries`);
  console.log(`# ${list.size} entries, ${(bytes.length / list.size).toFixed(1)} bytes each, built in ${Date.now() - build} ms`);
  list.free();

  const storage = await startStorage();
  const files = await putShard(storage, "files", Watchlist.build([]).toBytes());
  const bindings = { REFRESH_MS: 1_000, BUDGET_MS: 20_000, TROUBLE: "storage in another process", BLOBS: storage.url };
  const stage = await openStage({ sandbox: null, troubled: true, bindings });
  const [workerd] = processes();
  const plain = await startPlain(stage.origin.url);
  try {
    const ways = [sendBy(stage.fetch), sendBy(plain.fetch)];
    // An empty list first: what is there then is everything but the entries.
    let manifest = await putManifest(storage, [await putShard(storage, "network", Watchlist.build([]).toBytes()), files]);
    await untilListed(stage, manifest);
    for (const send of ways) await Promise.all(Array.from({ length: 50 }, (_, at) => send(at)));
    const { now: before } = memoryMiB(workerd);

    manifest = await putManifest(storage, [await putShard(storage, "network", bytes), files], manifest);
    await untilListed(stage, manifest);
    const { most: opened } = memoryMiB(workerd);

    const [annotated, proxied] = await cpuPerRequest(ways);
    console.log(`# CPU per request: ${micro(proxied)} µs to pass it on, ${micro(annotated - proxied)} µs to annotate it with a million entries`);

    // The same bytes under another name are another list to the isolate.
    await storage.put("watchlist/again", bytes);
    manifest = await putManifest(storage, [{ name: "network", key: "watchlist/again" }, files], manifest);
    await untilListed(stage, manifest);
    const { most } = memoryMiB(workerd);
    console.log(`# a million entries take ${(opened - before).toFixed(0)} MiB, and ${(most - before).toFixed(0)} MiB at most while they are switched`);
    assert.ok(most - before < ISOLATE_MIB, `${(most - before).toFixed(0)} MiB more than without entries`);
  } finally {
    await plain.close();
    await stage.close();
    storage.close();
  }
});

/** A bucket as far as the Worker reads one, over HTTP. */
async function startStorage() {
  const blobs = new Map();
  const server = createServer((incoming, response) => {
    const blob = blobs.get(incoming.url.slice(1));
    response.writeHead(blob === undefined ? 404 : 200).end(blob);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    put: async (key, blob) => blobs.set(key, Buffer.from(blob)),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function untilListed(stage, { id }) {
  for (;;) {
    const answer = await stage.fetch("/");
    const { list } = await verdictOf(answer);
    if (list === id.slice(0, 8)) return;
  }
}

function micro(milliseconds) {
  return (milliseconds * 1_000).toFixed(0);
}
