// The stores that come with the package: each keeps what it is given, and its lock excludes.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";

import { Miniflare } from "miniflare";

import { entry, packaged, project } from "../support/project.mjs";
import { filesIn, packageFolder } from "../runtimes/packed.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

const run = promisify(execFile);
const { fileStore } = await import(entry("ioc-lookup/stores/node"));
const { sessionStore } = await import(entry("ioc-lookup/stores/extension"));
const { TokenStoreObject, durableObjectStore } = await import(entry("ioc-lookup/stores/durable-object"));

const newFolder = () => mkdtemp(join(process.env.IOC_TMP, "store-"));
const KEY = "ioc-lookup:0123456789abcdef";

/** What every store does. */
async function keepsWhatItIsGiven(store) {
  assert.equal(await store.get(KEY), null);
  await store.set(KEY, "first");
  await store.set("../other/key*?", "other");
  await store.set(KEY, "second \u2602");
  assert.equal(await store.get(KEY), "second \u2602");
  assert.equal(await store.get("../other/key*?"), "other");
  await store.delete(KEY);
  await store.delete(KEY);
  assert.equal(await store.get(KEY), null);
}

/** What every lock does, among callers in one place. */
async function excludes(store) {
  let inside = 0;
  const order = [];
  const results = await Promise.all([1, 2, 3, 4].map((caller) => store.lock(KEY, async () => {
    inside += 1;
    assert.equal(inside, 1);
    await new Promise(setImmediate);
    order.push(caller);
    inside -= 1;
    return caller * 10;
  })));
  assert.deepEqual(results, [10, 20, 30, 40]);
  assert.equal(order.length, 4);
  await assert.rejects(store.lock(KEY, () => Promise.reject(new Error("the caller's own"))), /the caller's own/);
  assert.equal(await store.lock(KEY, async () => "free again"), "free again");
}

describe("files", () => {
  test("keep what they are given", async () => keepsWhatItIsGiven(fileStore({ folder: await newFolder() })));
  test("lock within a process", async () => excludes(fileStore({ folder: await newFolder() })));

  test("can be read by their owner only, and so can a folder made for them", async () => {
    const folder = join(await newFolder(), "deep", "er");
    await fileStore({ folder }).set(KEY, "secret");
    const [file] = await readdir(folder);
    assert.equal((await stat(join(folder, file))).mode & 0o777, 0o600);
    assert.equal((await stat(folder)).mode & 0o777, 0o700);
  });

  test("a reader never meets half a record, and no other file is left", async () => {
    const folder = await newFolder();
    const store = fileStore({ folder });
    const values = ["a", "b"].map((letter) => letter.repeat(200_000));
    await store.set(KEY, values[0]);
    const writing = Promise.all(Array.from({ length: 20 }, (_, at) => store.set(KEY, values[at % 2])));
    let done = false;
    writing.then(() => { done = true; });
    while (!done) assert.ok(values.includes(await store.get(KEY)));
    assert.equal((await readdir(folder)).length, 1);
  });

  test("the lock excludes between processes", async () => {
    const folder = await newFolder();
    const counter = join(folder, "counter");
    await writeFile(counter, "0");
    const program = `
      import { readFile, writeFile } from "node:fs/promises";
      import { fileStore } from "ioc-lookup/stores/node";
      const store = fileStore({ folder: ${JSON.stringify(folder)} });
      for (let turn = 0; turn < 10; turn += 1) {
        await store.lock("k", async () => {
          const value = Number(await readFile(${JSON.stringify(counter)}, "utf8"));
          await new Promise((done) => setTimeout(done, 1));
          await writeFile(${JSON.stringify(counter)}, String(value + 1));
        });
      }`;
    await Promise.all([1, 2, 3].map(() => run(process.execPath, ["--input-type=module", "--eval", program], { cwd: project })));
    assert.equal(await readFile(counter, "utf8"), "30");
  });

  test("a lock whose holder has died is taken over at once", async () => {
    const folder = await newFolder();
    const program = `
      import { fileStore } from "ioc-lookup/stores/node";
      fileStore({ folder: ${JSON.stringify(folder)} }).lock("k", () => process.exit(0));
      setInterval(() => {}, 1_000);`;
    await run(process.execPath, ["--input-type=module", "--eval", program], { cwd: project });
    assert.equal((await readdir(folder)).length, 1, "the dead process left its lock");
    assert.equal(await fileStore({ folder }).lock("k", async () => "taken over"), "taken over");
    assert.deepEqual(await readdir(folder), []);
  });

  test("a lock of another machine that nobody touches any more is taken over", async () => {
    const folder = await newFolder();
    const store = fileStore({ folder });
    let name;
    await store.lock("k", async () => { [name] = await readdir(folder); });
    await writeFile(join(folder, name), JSON.stringify({ id: "x", pid: 1, host: "elsewhere" }));
    const longAgo = new Date(Date.now() - 31_000);
    await utimes(join(folder, name), longAgo, longAgo);
    assert.equal(await store.lock("k", async () => "taken over"), "taken over");
  });

  test("two processes need one token request for both", async () => {
    const sandbox = await startSandbox();
    try {
      const folder = await newFolder();
      const program = `
        import { createClient } from "ioc-lookup";
        import { fileStore } from "ioc-lookup/stores/node";
        const client = await createClient({ ...${JSON.stringify(threatqConfig(sandbox))}, tokenStore: fileStore({ folder: ${JSON.stringify(folder)} }) });
        await client.request("/api/indicators", { query: { limit: 1 } });`;
      await Promise.all([1, 2, 3].map(() => run(process.execPath, ["--input-type=module", "--eval", program], { cwd: project })));
      assert.equal((await sandbox.requests()).filter(({ path }) => path === "/api/token").length, 1);
    } finally {
      await sandbox.stop();
    }
  });

  test("a folder is needed", () => {
    for (const options of [{}, { folder: "" }, { folder: 7 }]) assert.throws(() => fileStore(options), TypeError);
  });
});

describe("storage.session", () => {
  const memoryArea = () => {
    const items = {};
    return { items, get: async (key) => (key in items ? { [key]: items[key] } : {}), set: async (values) => { Object.assign(items, values); }, remove: async (key) => { delete items[key]; } };
  };
  /** The Web Locks API, as far as it is used. */
  const memoryLocks = () => {
    let tail = Promise.resolve();
    return { request: (name, work) => { const result = tail.then(() => work({ name })); tail = result.then(() => {}, () => {}); return result; } };
  };

  test("keeps what it is given", () => keepsWhatItIsGiven(sessionStore({ area: memoryArea() })));
  test("locks by the Web Locks API", () => excludes(sessionStore({ area: memoryArea(), locks: memoryLocks() })));
  test("has no lock where there is no Web Locks API", () => assert.equal("lock" in sessionStore({ area: memoryArea(), locks: undefined }), globalThis.navigator?.locks !== undefined));
  test("says what is missing outside of an extension", () => assert.throws(() => sessionStore(), /extension/));

  test("finds the area of Firefox before that of Chromium", async () => {
    const [firefox, chromium] = [memoryArea(), memoryArea()];
    globalThis.browser = { storage: { session: firefox } };
    globalThis.chrome = { storage: { session: chromium } };
    try {
      await sessionStore().set(KEY, "x");
    } finally {
      delete globalThis.browser;
      delete globalThis.chrome;
    }
    assert.deepEqual([firefox.items, chromium.items], [{ [KEY]: "x" }, {}]);
  });
});

describe("a Durable Object", () => {
  let miniflare;
  let sandbox;
  before(async () => {
    sandbox = await startSandbox();
    miniflare = new Miniflare({ workers: ["first", "second"].map(workerNamed) });
  });
  after(async () => {
    await miniflare?.dispose();
    await sandbox?.stop();
  });

  /** Two Workers of the same code, so two isolates; the object lives in the first. */
  function workerNamed(name) {
    const object = { className: "TokenStoreObject", ...(name === "second" && { scriptName: "first" }) };
    const worker = `
      import { createClient } from "./loaders/workerd.js";
      import { durableObjectStore } from "./stores/durable-object.js";
      export { TokenStoreObject } from "./stores/durable-object.js";
      let client;
      export default { async fetch(request, env) {
        client ??= createClient({ ...env.CONFIG, tokenStore: durableObjectStore({ namespace: env.TOKENS }) });
        const answer = await (await client).request("/api/indicators", { query: { limit: 1 } });
        return new Response(String(answer.status));
      } };`;
    return {
      name,
      routes: [`${name}.invalid/*`],
      compatibilityDate: "2024-01-01",
      modules: [
        { type: "ESModule", path: "worker.mjs", contents: worker },
        ...filesIn(packageFolder(), [".js", ".wasm"]).map((path) => ({ type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path, contents: readFileSync(packaged(path)) })),
      ],
      durableObjects: { TOKENS: object },
      bindings: { CONFIG: threatqConfig(sandbox) },
    };
  }

  test("one token request serves two isolates and twenty requests", async () => {
    await sandbox.requests();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => miniflare.dispatchFetch(`http://${at % 2 ? "first" : "second"}.invalid/`)));
    assert.deepEqual(await Promise.all(answers.map((answer) => answer.text())), Array(20).fill("200"));
    assert.equal((await sandbox.requests()).filter(({ path }) => path === "/api/token").length, 1);
  });

  /** The object without workerd: its class asks for storage and requests alone. */
  const objects = (Class) => {
    const records = new Map();
    const object = new Class({ storage: { get: async (key) => records.get(key), put: async (key, value) => { records.set(key, value); }, delete: async (key) => records.delete(key) } });
    return { idFromName: (name) => name, get: () => ({ fetch: (url, init) => object.fetch(new Request(url, init)) }) };
  };
  class Quick extends TokenStoreObject {
    static leaseMs = 40;
    static waitMs = 20;
  }

  test("keeps what it is given", () => keepsWhatItIsGiven(durableObjectStore({ namespace: objects(TokenStoreObject) })));
  test("its lock excludes", () => excludes(durableObjectStore({ namespace: objects(TokenStoreObject) })));

  test("who waits too long for the lock is refused, and has never held it", async () => {
    const store = durableObjectStore({ namespace: objects(Quick) });
    let release;
    const holding = store.lock(KEY, () => new Promise((done) => { release = done; }));
    await assert.rejects(store.lock(KEY, () => assert.fail("it must not run")), /held/);
    release();
    await holding;
    assert.equal(await store.lock(KEY, async () => "free"), "free");
  });

  test("a lease that nobody gives back ends", async () => {
    const namespace = objects(Quick);
    await namespace.get().fetch("https://x.invalid/lock", { method: "POST", body: JSON.stringify({ key: KEY, id: "dead" }) });
    const store = durableObjectStore({ namespace });
    await assert.rejects(store.lock(KEY, async () => {}), /held/);
    assert.equal(await store.lock(KEY, async () => "after the lease"), "after the lease");
  });

  test("a lock given back late does not end another's", async () => {
    const namespace = objects(Quick);
    const ask = (verb, id) => namespace.get().fetch(`https://x.invalid/${verb}`, { method: "POST", body: JSON.stringify({ key: KEY, id }) });
    assert.equal((await ask("lock", "one")).status, 200);
    await ask("unlock", "stranger");
    assert.equal((await ask("lock", "two")).status, 423);
    await ask("unlock", "one");
    assert.equal((await ask("lock", "three")).status, 200);
    await ask("unlock", "one");
    assert.equal((await ask("lock", "four")).status, 423);
  });

  test("a namespace is needed", () => assert.throws(() => durableObjectStore({ namespace: {} }), TypeError));
});
