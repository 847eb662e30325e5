// What a custom `fetch` returns, where Node alone can show it: another realm, and an instance that is dropped meanwhile. The
// rest of that contract is proven in every runtime (tests/runtimes/scenarios/fetch-contract.mjs).

import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";

import { entry, packaged } from "../support/project.mjs";

const { createClient } = await import(entry());
const { restart } = await import(pathToFileURL(packaged("load.js")));

const BASE = { platform: "threatq", baseUrl: "https://tq.example" };

test("H9 bytes of another realm are bytes", async () => {
  const piece = runInNewContext("new Uint8Array([123, 125])");
  const steps = () => [{ done: false, value: piece }, { done: true }];
  const shapes = [
    () => ({ body: { getReader: (left = steps()) => ({ read: async () => left.shift() }) } }),
    () => ({ arrayBuffer: async () => piece.buffer }),
  ];
  for (const shape of shapes) {
    const fetch = async () => ({ status: 200, headers: new Headers(), ...shape() });
    const client = await createClient({ ...BASE, auth: { accessToken: "t" }, fetch });
    assert.deepEqual(await (await client.request("/x")).json(), {});
    client.close();
  }
});

test("L14 a lock of the token store does not stay with a dropped instance", async () => {
  const kept = new Map();
  let inside = 0;
  const tokenStore = {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
    lock: async (_, run) => {
      inside += 1;
      await run();
      inside -= 1;
    },
  };
  const asked = withResolvers();
  const answered = withResolvers();
  const fetch = () => (asked.resolve(), answered.promise);
  const auth = { grant: "client_credentials", clientId: "c", clientSecret: "s" };
  const client = await createClient({ ...BASE, auth, tokenStore, fetch });
  const call = client.token().catch(({ code }) => code);
  await asked.promise;
  assert.equal(inside, 1);
  restart();
  answered.resolve(new Response("{}"));
  assert.equal(await call, "internal");
  await new Promise(setImmediate);
  assert.equal(inside, 0);
  client.close();
});

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}
