// When the core is loaded, how often, and what happens when that fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inFreshNode, packaged } from "../support/project.mjs";

const path = (name) => JSON.stringify(packaged(name));
/** The entry of browsers. It runs in Node as well: it needs nothing that Node lacks. */
const BROWSER = path("loaders/default.js");
const SLIM = path("loaders/slim.js");
const WASM = path("core.wasm");

/** `core` is what every synchronous function calls, `isRunning` says what came of it. */
const CORE = `
  import { core, restart } from ${path("load.js")};
  const raw = () => core().initSync();
  const isRunning = () => raw().memory instanceof WebAssembly.Memory;
`;

/** Records every compilation, instantiation and request. */
const WATCHED = `
  // Node's own fetch is wasm as well, compiled at first use: let that pass before watching.
  await new Response("").text();
  const seen = [];
  for (const name of ["Module", "Instance"]) {
    WebAssembly[name] = new Proxy(WebAssembly[name], {
      construct(target, args) { seen.push(name); return Reflect.construct(target, args); },
    });
  }
  const compile = WebAssembly.compile;
  WebAssembly.compile = (bytes) => { seen.push("compile"); return compile(bytes); };
  globalThis.fetch = () => { seen.push("fetch"); return Promise.reject(new Error("no network in this test")); };
`;

for (const entry of ["node", "default", "slim"]) {
  test(`L9 importing the ${entry} entry compiles nothing, sends nothing and leaves no global and no handle`, async () => {
    const found = await inFreshNode(`
      ${WATCHED}
      const settled = () => new Promise(setImmediate);
      const state = async () => {
        await settled();
        return { globals: Reflect.ownKeys(globalThis).length, handles: process.getActiveResourcesInfo().length };
      };
      const before = await state();
      await import(${path(`loaders/${entry}.js`)});
      answer({ seen, before, after: await state() });
    `);
    assert.deepEqual(found.seen, []);
    assert.deepEqual(found.after, found.before);
  });
}

test("in Node the core is there for a synchronous function right after the import", async () => {
  assert.equal(await inFreshNode(`import "ioc-lookup"; ${CORE} answer(isRunning());`), true);
});

test("require() takes the package where Node can load modules that way", async () => {
  const type = await inFreshNode(
    `
      import { createRequire } from "node:module";
      answer(typeof createRequire(process.cwd() + "/")("ioc-lookup").isLookupError);
    `,
    { args: ["--experimental-require-module", "--no-warnings"] },
  );
  assert.equal(type, "function");
});

test("E7 in a browser a synchronous function before init() fails with not_initialised", async () => {
  const code = await inFreshNode(`
    import ${BROWSER};
    ${CORE}
    try { core(); } catch (error) { answer(error.code); }
  `);
  assert.equal(code, "not_initialised");
});

test("in a browser init() makes the synchronous functions work", async () => {
  assert.equal(await inFreshNode(`import init from ${BROWSER}; ${CORE} await init(); answer(isRunning());`), true);
});

test("first calls at the same moment share one load", async () => {
  const seen = await inFreshNode(`
    ${WATCHED}
    const { default: init } = await import(${BROWSER});
    await Promise.all(Array.from({ length: 100 }, () => init()));
    await init();
    answer(seen);
  `);
  assert.deepEqual(seen, ["compile", "Instance"]);
});

test("slim loads nothing by itself", async () => {
  const code = await inFreshNode(`
    import init from ${SLIM};
    answer(await init().then(() => "loaded", (error) => error.code));
  `);
  assert.equal(code, "not_initialised");
});

for (const [what, source] of Object.entries({
  "a module": "new WebAssembly.Module(bytes)",
  bytes: "bytes",
  "a buffer": "bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)",
  "a response without content type": "new Response(bytes)",
  "a URL": "new URL('http://127.0.0.1/core.wasm')",
  "the text of a URL": "'http://127.0.0.1/core.wasm'",
  "a promise of a response": "Promise.resolve(new Response(bytes))",
})) {
  test(`init() takes ${what}`, async () => {
    const running = await inFreshNode(`
      import { readFileSync } from "node:fs";
      import init from ${SLIM};
      ${CORE}
      const bytes = readFileSync(${WASM});
      globalThis.fetch = async () => new Response(bytes);
      await init(${source});
      answer(isRunning());
    `);
    assert.equal(running, true);
  });
}

for (const [what, source, reason] of [
  ["a server that answers 404", "new Response('', { status: 404 })", "status_404"],
  ["a page instead of the module", "new Response('<html>')", "compile"],
  ["somebody else's module", "new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])", "not_this_module"],
  ["an address that cannot be fetched", "'http://127.0.0.1:1/core.wasm?token=s3cret'", "fetch"],
  ["a promise that rejects", "Promise.reject(new Error('s3cret'))", "source"],
  ["a number", "7", "compile"],
]) {
  test(`E7 ${what} is wasm_load_failed, and the next init() tries again`, async () => {
    const { fields, text, running } = await inFreshNode(`
      import { readFileSync } from "node:fs";
      import init from ${SLIM};
      ${CORE}
      const error = await init(${source}).catch((error) => error);
      await init(readFileSync(${WASM}));
      answer({ fields: { ...error }, text: String(error) + error.stack, running: isRunning() });
    `);
    assert.deepEqual(fields, { code: "wasm_load_failed", category: "config", retryable: true, reason });
    assert.doesNotMatch(text, /s3cret/);
    assert.equal(running, true);
  });
}

test("L14 after a trap a fresh instance of the same module answers", async () => {
  const found = await inFreshNode(`
    import "ioc-lookup";
    ${CORE}
    ${WATCHED}
    const trapped = raw();
    let trap;
    // Frees memory that was never there: a real trap, not a thrown error.
    try { trapped.__wbindgen_free(0xfffffff0, 16, 1); } catch (error) { trap = error; }
    restart();
    answer({
      trap: trap instanceof WebAssembly.RuntimeError,
      replaced: raw() !== trapped && raw().memory !== trapped.memory,
      running: isRunning(),
      seen,
    });
  `);
  assert.deepEqual(found, { trap: true, replaced: true, running: true, seen: ["Module", "Instance", "Instance"] });
});

test("L14 a restart that fails is tried again by the next call", async () => {
  const found = await inFreshNode(`
    import "ioc-lookup";
    ${CORE}
    core();
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function () { throw new RangeError("no memory"); };
    const codes = [];
    for (const call of [restart, core]) {
      try { call(); } catch (error) { codes.push(error.code); }
    }
    WebAssembly.Instance = Instance;
    answer({ codes, running: isRunning() });
  `);
  assert.deepEqual(found, { codes: ["wasm_load_failed", "wasm_load_failed"], running: true });
});

test("L14 what a dropped instance waited for ends its calls when it arrives, and disturbs no other", async () => {
  const found = await inFreshNode(`
    import { createClient } from "ioc-lookup";
    ${CORE}
    core();
    const arrivals = [];
    const fetch = () => new Promise((resolve, reject) => arrivals.push({ resolve, reject }));
    const client = await createClient({ platform: "threatq", baseUrl: "https://x.example", auth: { accessToken: "t" }, fetch });
    const ends = [];
    const ask = (path) => client.request(path).then(({ status }) => ends.push(status), ({ code }) => ends.push(code));
    const asked = async (count) => { while (arrivals.length < count) await new Promise(setImmediate); };
    const old = [ask("/1"), ask("/2")];
    await asked(2);
    restart();
    const next = ask("/3");
    await asked(3);
    arrivals[2].resolve(new Response("{}"));
    await next;
    arrivals[0].resolve(new Response("{}"));
    arrivals[1].reject(new Error("too late"));
    await Promise.all(old);
    answer({ ends, running: isRunning(), timers: process.getActiveResourcesInfo().filter((name) => name === "Timeout") });
  `);
  assert.deepEqual(found, { ends: [200, "internal", "internal"], running: true, timers: [] });
});
