// H1 to H17: how fetch is called, and what may come back.

import { HOUR, asksForToken, countedSignal, deferred, json, outcomes, parallel, stubApi, stubFetch, untilAborted } from "./support.mjs";

const MIB = 1024 * 1024;

/** Fields of `init` that this runtime knows, found out as H2 says. */
function known(field, value) {
  try {
    new Request("https://x.invalid/", { [field]: value });
    return true;
  } catch {
    return false;
  }
}

const OUTCOME_ALONE = "the outcome is the same; only Node tells its memory exactly";

/** The real fetch, and `answered(n)`: until its n-th answer has begun and the client knows that. */
function observed(t) {
  const answers = [deferred(), deferred(), deferred()];
  let calls = 0;
  return {
    async fetch(url, init) {
      const { resolve } = answers[calls++];
      const response = await t.network.fetch(url, init);
      resolve();
      return response;
    },
    async answered(n) {
      await answers[n - 1].promise;
      await t.timers.wait(0);
    },
  };
}

const REDIRECTS = [301, 302, 303, 307, 308];

const BAD_PATHS = [
  "https://evil.example/x", "http://127.0.0.1/x", "//evil.example/x", "///evil.example/x", "api/indicators", "", "?a=1", "#x",
  "javascript:alert(1)", "file:///etc/passwd", "/\\evil.example", "\\evil.example", "/a\\b", "/a\tb", "/a\nb", "/a\u0000b", "/a\u007fb",
  "/../x", "/a/../b", "/a/./b", "/..", "/.", "/a/..", "/%2e%2e/x", "/a/%2E%2e/b", "/a/.%2e/b", "/%2e/x", "/a/%5c/b", "/a/%0a/b", "/a/%00", "/a%09b",
  "@evil.example/x", ":8080/x", "/@evil\\x",
];

const NOT_RESPONSES = [
  ["undefined", () => undefined], ["null", () => null], ["a string", () => "ok"], ["an empty object", () => ({})],
  ["a status as text", () => ({ status: "200", headers: new Headers() })], ["a fraction as status", () => ({ status: 200.5, headers: new Headers() })],
  ["no headers", () => ({ status: 200 })], ["headers without get", () => ({ status: 200, headers: {} })],
  ["a status that throws", () => ({ get status() { throw new Error("no"); }, headers: new Headers() })],
  ["NaN as status", () => ({ status: NaN, headers: new Headers() })],
];

const REJECTIONS = [
  ["an Error", () => Promise.reject(new Error("boom"))], ["a TypeError", () => Promise.reject(new TypeError("fetch failed"))], ["a string", () => Promise.reject("boom")],
  ["undefined", () => Promise.reject(undefined)], ["null", () => Promise.reject(null)], ["a number", () => Promise.reject(7)], ["a symbol", () => Promise.reject(Symbol("boom"))],
  ["an object without prototype", () => Promise.reject(Object.create(null))],
  ["a trap", () => Promise.reject(new Proxy({}, { get() { throw new Error("no"); }, getPrototypeOf() { throw new Error("no"); } }))],
  ["a frozen error with a throwing message", () => Promise.reject(Object.freeze(Object.defineProperty(new Error("x"), "message", { get() { throw new Error("no"); } })))],
  ["a false AbortError", () => Promise.reject(new DOMException("no", "AbortError"))],
  ["a synchronous throw", () => { throw new Error("boom"); }], ["a synchronous throw of a string", () => { throw "boom"; }],
];

export default [
  {
    name: "H1 a custom fetch is called with a string, a plain object and no this",
    rules: ["H1", "H2", "H20"],
    async run(t) {
      const { signal } = new AbortController();
      const fetch = stubApi(() => json({}));
      const client = await t.client({ fetch });
      await client.request("/api/indicators", { signal });
      const [token, api] = fetch.calls;
      for (const { self, values, url, init } of [token, api]) {
        t.assert.equal(self, undefined, "this");
        t.assert.equal(values.length, 2, "number of arguments");
        t.assert.equal(typeof url, "string", "url");
        t.assert.equal(Object.getPrototypeOf(init), Object.prototype, "init's prototype");
        t.assert.equal(init.redirect, "manual", "redirect");
        t.assert.ok(init.signal instanceof AbortSignal && init.signal !== signal, "a signal of our own");
        t.assert.equal(init.credentials, known("credentials", "omit") ? "omit" : undefined, "credentials");
        t.assert.equal(init.referrerPolicy, known("referrerPolicy", "no-referrer") ? "no-referrer" : undefined, "referrerPolicy");
        t.assert.equal(init.keepalive, undefined, "keepalive");
        t.assert.ok(init.mode !== "no-cors", "mode");
      }
      t.assert.equal(token.init.cache, known("cache", "no-store") ? "no-store" : undefined, "cache of the token request");
      t.assert.equal(api.init.cache, undefined, "cache of the API request");
    },
  },
  {
    name: "H1 the global fetch is looked up at each call",
    rules: ["H1"],
    async run(t) {
      const client = await t.client();
      const before = globalThis.fetch;
      const fetch = stubApi(() => json({ swapped: true }));
      globalThis.fetch = fetch;
      try {
        t.assert.deepEqual(await (await t.get(client)).json(), { swapped: true }, "answer");
      } finally {
        globalThis.fetch = before;
      }
      t.assert.equal(fetch.calls.length, 2, "calls of the swapped fetch");
      t.assert.ok(fetch.calls.every(({ self }) => self === globalThis), "this is globalThis");
      await t.server.saw({ token: 0, api: 0 });
      t.assert.equal((await t.get(client)).status, 200, "status with the real fetch again");
      await t.server.saw({ token: 0, api: 1 });
    },
    serve: (x) => (x.isToken ? x.token() : x.page()),
  },
  {
    name: "H3 every redirect is blocked, on both endpoints, and nothing is sent to its target",
    rules: ["H3", "S7", "E9", "E15"],
    serve(x) {
      const status = REDIRECTS[x.variant % 100];
      const target = x.variant >= 200 ? "/elsewhere/api/token" : `${x.path}/`;
      if (x.isToken && x.variant >= 100 && x.variant < 200) return x.token();
      return x.empty(status, { Location: x.variant >= 300 ? x.run.other.origin : target });
    },
    async run(t) {
      for (const [row, status] of REDIRECTS.entries()) {
        for (const [kind, offset] of [["token", 0], ["API", 100], ["token, other path", 200], ["token, other origin", 300]]) {
          const client = await t.client({ baseUrl: `${t.base}/v${row + offset}` });
          await t.refused(t.get(client), { code: "redirect_blocked", category: "protocol", retryable: false, attempts: 1 }, `${kind} ${status}`);
        }
      }
      const log = await t.server.log();
      t.assert.equal(log.length, 5 * 5, "requests in all");
      t.assert.ok(log.every(({ target }) => !target.endsWith("/") && !target.startsWith("/elsewhere")), "no target was visited");
    },
  },
  {
    name: "H3 300, 305 and 306 are redirects, 304 is none",
    rules: ["H3", "H16"],
    serve(x) { return x.isToken ? x.token() : x.empty(Number(x.path.slice(-3))); },
    async run(t) {
      const client = await t.client();
      for (const status of [300, 305, 306]) await t.refused(client.request(`/api/${status}`), { code: "redirect_blocked" }, String(status));
      t.assert.equal((await client.request("/api/304")).status, 304, "status");
    },
  },
  {
    name: "H3 a response of status 0 is a redirect, one of type error a network failure",
    rules: ["H3"],
    async run(t) {
      const answers = { "/api/opaque": { type: "opaqueredirect", status: 0 }, "/api/zero": { status: 0 }, "/api/error": { type: "error", status: 0 } };
      const fetch = stubApi((url) => ({ headers: new Headers(), ...answers[new URL(url).pathname] }));
      const client = await t.client({ fetch, retry: { maxRetries: 0 } });
      await t.refused(client.request("/api/opaque"), { code: "redirect_blocked" });
      await t.refused(client.request("/api/zero"), { code: "redirect_blocked" });
      await t.refused(client.request("/api/error"), { code: "network" });
    },
  },
  {
    name: "H4 slow headers and slow bodies end with the attempt's timer, on the wire too",
    rules: ["H4", "E8", "E16"],
    serve(x) {
      if (x.isToken && x.variant >= 2) return x.token();
      return x.variant % 2 === 0 ? x.hold("never") : x.dribble(20);
    },
    async run(t) {
      for (const [row, kind, reason] of [[0, "token", "headers"], [1, "token", "body"], [2, "api", "headers"], [3, "api", "body"]]) {
        const { fetch, answered } = observed(t);
        const client = await t.client({ fetch, baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } });
        const call = t.refused(t.get(client), { code: "timeout", reason, retryable: true, category: "transport" }, `row ${row}`);
        await (reason === "headers" ? t.server.waitFor(kind, 1, row) : answered(kind === "token" ? 1 : 2));
        await t.timers.elapse(t.timeouts.requestMs);
        await t.atOnce(() => call, `row ${row}`);
      }
      await t.server.waitFor("cut", 4);
    },
  },
  {
    name: "H4 a body that stops in the middle ends with the attempt's timer",
    rules: ["H4"],
    serve(x) { return x.isToken ? x.token() : x.stall(); },
    async run(t) {
      const { fetch, answered } = observed(t);
      const client = await t.client({ fetch, retry: { maxRetries: 0 } });
      const call = t.refused(t.get(client), { code: "timeout", reason: "body" });
      await answered(2);
      await t.timers.elapse(t.timeouts.requestMs);
      await t.atOnce(() => call);
      await t.server.waitFor("cut", 1);
    },
  },
  {
    name: "H4 the attempt's timer is as long as configured",
    rules: ["H4"],
    serve: (x) => (x.isToken && x.variant === 1 ? x.token() : x.hold("never")),
    async run(t) {
      for (const [row, timeouts] of [{ tokenMs: 150 }, { requestMs: 150 }].entries()) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, timeouts: { ...t.timeouts, ...timeouts }, retry: { maxRetries: 0 } });
        if (row === 1) await client.token();
        await t.within(140, 150 + 250, () => t.refused(t.get(client), { code: "timeout", reason: "headers" }, `row ${row}`), `row ${row}`);
      }
    },
  },
  {
    name: "H5 one deadline spans token, attempts and waits",
    rules: ["H5", "E22", "E8"],
    serve(x) {
      if (x.isToken) return x.variant === 0 ? x.hold("never") : x.token();
      return x.variant === 1 ? x.hold("never") : x.json(503, {});
    },
    async run(t) {
      const asleep = deferred();
      const sleep = () => {
        asleep.resolve();
        return new Promise(() => {});
      };
      const timeouts = { tokenMs: HOUR, requestMs: HOUR, totalMs: t.timeouts.totalMs };
      const begun = [() => t.server.waitFor("token", 1, 0), () => t.server.waitFor("api", 1, 1), () => asleep.promise];
      for (const [row, beginning] of begun.entries()) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, timeouts, sleep });
        const call = t.refused(t.get(client), { code: "timeout", reason: "total" }, `row ${row}`);
        await beginning();
        await t.timers.elapse(timeouts.totalMs);
        await t.atOnce(() => call, `row ${row}`);
      }
    },
  },
  {
    name: "H5 timeoutMs of a call replaces totalMs, and a queued call has it too",
    rules: ["H5", "H13", "E8", "E16"],
    async serve(x) {
      if (!x.isToken) await x.hold("slow");
      x.honest();
    },
    async run(t) {
      const client = await t.client({ limits: { concurrency: 1 } });
      const first = t.get(client);
      await t.server.waitFor("api", 1);
      await t.within(140, 150 + 250, () => t.refused(t.get(client, { timeoutMs: 150 }), { code: "timeout", reason: "queue", attempts: 0 }));
      await t.server.saw({ api: 1 });
      await t.server.release("slow");
      t.assert.ok(await first, "the call in front of it");
    },
  },
  {
    name: "H6 timeouts beyond what a timer can hold do not fire at once",
    rules: ["H6"],
    async run(t) {
      for (const far of [2 ** 31 - 1, 2 ** 31, 2 ** 40]) {
        // A number beyond may be refused: what counts is that it never means "at once".
        const client = await t.client({ timeouts: { tokenMs: far, requestMs: far, totalMs: far } }).catch((error) => error);
        if (client instanceof Error) {
          await t.refused(Promise.reject(client), { code: "config_invalid" });
          t.assert.ok(far > 2 ** 31 - 1, `${far} is accepted`);
          continue;
        }
        t.assert.equal((await t.get(client, { timeoutMs: 2 ** 31 - 1 })).status, 200, "status");
      }
    },
  },
  {
    name: "H7 a fetch that never settles and ignores its signal still ends in time",
    rules: ["H7", "H6"],
    async run(t) {
      const client = await t.client({ fetch: stubFetch(() => new Promise(() => {})), timeouts: { ...t.timeouts, tokenMs: 120 }, retry: { maxRetries: 0 } });
      await t.refused(client.token(), { code: "timeout", reason: "headers" });
      const api = await t.client({ fetch: stubApi(() => new Promise(() => {})), timeouts: { ...t.timeouts, requestMs: 120 }, retry: { maxRetries: 0 } });
      await t.refused(t.get(api), { code: "timeout", reason: "headers" });
      const deaf = stubApi(() => ({ status: 200, headers: new Headers(), body: { getReader: () => ({ read: () => new Promise(() => {}), cancel: () => new Promise(() => {}), releaseLock() {} }), cancel: () => new Promise(() => {}) } }));
      const body = await t.client({ fetch: deaf, timeouts: { ...t.timeouts, requestMs: 120 }, retry: { maxRetries: 0 } });
      await t.refused(t.get(body), { code: "timeout", reason: "body" });
    },
  },
  {
    name: "H7 whatever fetch rejects with or throws is a network error, and a caller's abort is aborted",
    rules: ["H7", "H6", "H19", "S12", "E1"],
    async run(t) {
      for (const [label, reject] of REJECTIONS) {
        const token = await t.client({ fetch: stubFetch(reject), retry: { maxRetries: 0 } });
        await t.refused(token.token(), { code: "network", reason: "headers", retryable: true, category: "transport" }, `token: ${label}`);
        const api = await t.client({ fetch: stubApi(reject), retry: { maxRetries: 0 } });
        await t.refused(t.get(api), { code: "network", reason: "headers" }, `API: ${label}`);
      }
    },
  },
  {
    name: "H7 a late settlement after the timeout disturbs nothing",
    rules: ["H7"],
    async run(t) {
      const [late, never] = [deferred(), deferred()];
      const asked = [deferred(), deferred(), deferred()];
      let calls = 0;
      const fetch = stubApi(() => {
        asked[calls].resolve();
        return [late.promise, never.promise, json({})][calls++];
      });
      const client = await t.client({ fetch, retry: { maxRetries: 0 } });
      for (const { promise } of asked.slice(0, 2)) {
        const call = t.refused(t.get(client), { code: "timeout" });
        await promise;
        await t.timers.elapse(t.timeouts.requestMs);
        await t.atOnce(() => call);
      }
      late.resolve(json({}));
      never.reject(new Error(t.canaries.password));
      await t.timers.wait(5);
      t.assert.equal((await t.get(client)).status, 200, "status");
    },
  },
  {
    name: "H8 a body over the limit ends the call, whatever Content-Length says",
    rules: ["H8", "E9", "E15"],
    serve(x) {
      if (x.isToken && x.variant >= 10) return x.token();
      return [() => x.flood(32 * MIB), () => x.flood(32 * MIB, { "Content-Length": String(32 * MIB) }), () => x.bomb(8 * MIB)][x.variant % 10]();
    },
    async run(t) {
      for (const row of [0, 1, 2]) {
        await t.refused((await t.client({ baseUrl: `${t.base}/v${row}` })).token(), { code: "token_response_too_large", status: 200, retryable: false }, `token row ${row}`);
        const client = await t.client({ baseUrl: `${t.base}/v${row + 10}`, limits: { responseBytes: MIB } });
        await t.refused(t.get(client), { code: "response_too_large", status: 200, retryable: false }, `API row ${row}`);
      }
      // The bomb is so small on the wire that it was sent before anybody could cut it off.
      await t.server.waitFor("cut", 4);
    },
  },
  {
    name: "H8 64 MiB and a gzip bomb of 256 MiB cost less than 32 MiB of memory",
    rules: ["H8"],
    expect: { page: OUTCOME_ALONE, workerd: OUTCOME_ALONE, extension: OUTCOME_ALONE },
    serve(x) {
      if (x.isToken && x.variant >= 10) return x.token();
      return x.variant % 10 === 0 ? x.flood(64 * MIB) : x.bomb(256 * MIB);
    },
    async run(t) {
      const once = async (row, expected) => t.refused(t.get(await t.client({ baseUrl: `${t.base}/v${row}` })), expected);
      const rows = { 0: "token_response_too_large", 1: "token_response_too_large", 10: "response_too_large", 11: "response_too_large" };
      await once(0, { code: rows[0] });
      for (const [row, code] of Object.entries(rows)) {
        const grown = t.memory ? await t.memory.growthDuring(() => once(row, { code })) : await once(row, { code }).then(() => 0);
        t.assert.between(grown, -Infinity, 32 * MIB, `row ${row}: growth in bytes`);
      }
    },
  },
  {
    name: "H8 exactly the limit is read, one byte more is not",
    rules: ["H8"],
    async run(t) {
      const fetch = stubApi((url) => new Response("x".repeat(Number(new URL(url).searchParams.get("n")))));
      const client = await t.client({ fetch, limits: { responseBytes: 1_000 } });
      t.assert.equal((await (await client.request("/api/n", { query: { n: 1_000 } })).text()).length, 1_000, "length");
      await t.refused(client.request("/api/n", { query: { n: 1_001 } }), { code: "response_too_large" });
    },
  },
  {
    name: "H8 H9 a duck-typed response is read by what it offers",
    rules: ["H8", "H9"],
    async run(t) {
      const bytes = new TextEncoder().encode("{\"a\":1}");
      const base = { status: 200, headers: { get: () => null } };
      const shapes = [
        { ...base, body: null, arrayBuffer: async () => bytes.buffer },
        { ...base, arrayBuffer: async () => bytes.buffer },
        { ...base, text: async () => "{\"a\":1}" },
        { ...base, body: new Response("{\"a\":1}").body },
        { ...base, body: { getReader: () => { let done = false; return { read: async () => (done ? { done } : (done = true, { done: false, value: bytes })), cancel: async () => {}, releaseLock() {} }; } } },
      ];
      for (const [row, shape] of shapes.entries()) {
        const client = await t.client({ fetch: stubApi(() => shape) });
        t.assert.deepEqual(await (await t.get(client)).json(), { a: 1 }, `shape ${row}`);
      }
      const big = { ...base, text: async () => "x".repeat(2_000), arrayBuffer: undefined };
      await t.refused(t.get(await t.client({ fetch: stubApi(() => big), limits: { responseBytes: 1_000 } })), { code: "response_too_large" });
    },
  },
  {
    name: "H9 what is no response is network, reason bad_response",
    rules: ["H9", "H19"],
    async run(t) {
      for (const [label, make] of NOT_RESPONSES) {
        await t.refused((await t.client({ fetch: stubFetch(make), retry: { maxRetries: 0 } })).token(), { code: "network", reason: "bad_response" }, `token: ${label}`);
        await t.refused(t.get(await t.client({ fetch: stubApi(make), retry: { maxRetries: 0 } })), { code: "network", reason: "bad_response" }, `API: ${label}`);
      }
    },
  },
  {
    name: "H9 bodies that misbehave are network, reason body",
    rules: ["H9", "H11", "S12"],
    async run(t) {
      const reader = (read) => ({ status: 200, headers: new Headers(), body: { getReader: () => ({ read, cancel: async () => {}, releaseLock() {} }) } });
      const bodies = [
        () => reader(() => Promise.reject(new Error("x"))), () => reader(() => Promise.reject("x")), () => reader(() => { throw new Error("x"); }),
        () => reader(async () => undefined), () => reader(async () => ({ done: false, value: "text" })), () => reader(async () => ({ done: false })),
        () => ({ status: 200, headers: new Headers(), text: () => Promise.reject(7) }), () => ({ status: 200, headers: new Headers(), arrayBuffer: async () => "no buffer" }),
        () => ({ status: 200, headers: new Headers(), body: { getReader: () => { throw new TypeError("locked"); } } }),
      ];
      for (const [row, body] of bodies.entries()) {
        await t.refused(t.get(await t.client({ fetch: stubApi(body), retry: { maxRetries: 0 } })), { code: "network", reason: (reason) => reason === "body" || reason === "bad_response" }, `row ${row}`);
      }
    },
  },
  {
    name: "H10 a body that nobody reads is cancelled",
    rules: ["H10"],
    async run(t) {
      let cancelled = 0;
      const endless = (status, headers) => new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(1_024)); }, cancel() { cancelled += 1; } }), { status, headers });
      let calls = 0;
      const fetch = stubApi(() => [endless(503), endless(401), endless(302, { Location: "/" }), endless(200)][calls++]);
      const client = await t.client({ fetch, limits: { responseBytes: 10_000 } });
      await t.refused(t.get(client), { code: "redirect_blocked" });
      t.assert.equal(cancelled, 3, "cancelled after retry, 401 and redirect");
      await t.refused(t.get(client), { code: "response_too_large" });
      t.assert.equal(cancelled, 4, "cancelled after the overflow");
    },
  },
  {
    name: "H10 no connection stays busy with a discarded body",
    rules: ["H10"],
    serve(x) {
      if (x.isToken) return x.token();
      return x.nth === 1 ? x.dribble(10, 503) : x.page();
    },
    async run(t) {
      const client = await t.client();
      t.assert.equal((await t.get(client)).status, 200, "status after the retry");
      await t.server.waitFor("cut", 1);
      t.assert.equal((await t.server.stats()).inflight.api, 0, "answers still being written");
    },
  },
  {
    name: "H11 refused, cut and short answers are network errors with their phase",
    rules: ["H11", "E8", "E16", "E4"],
    freshConnections: true,
    serve(x) {
      if (x.isToken && x.variant >= 10) return x.token();
      return [() => x.drop(), () => x.dropInBody(), () => x.dropInChunk()][x.variant % 10]();
    },
    async run(t) {
      const retry = { maxRetries: 0 };
      for (const [row, reason] of [[0, "headers"], [1, "body"], [2, "body"]]) {
        await t.refused((await t.client({ baseUrl: `${t.base}/v${row}`, retry })).token(), { code: "network", reason }, `token row ${row}`);
        await t.refused(t.get(await t.client({ baseUrl: `${t.base}/v${row + 10}`, retry })), { code: "network", reason }, `API row ${row}`);
      }
      for (const [label, baseUrl] of [["refused", t.refusing], ["not HTTP", t.notHttp], ["not TLS", t.notTls]]) {
        const error = await t.refused((await t.client({ baseUrl, retry })).token(), { code: "network", reason: "headers", status: undefined, attempts: 1 }, label);
        t.assert.equal(error.cause, undefined, `${label}: cause`);
      }
    },
  },
  {
    name: "H12 an aborted signal sends nothing, and a call leaves no listener behind",
    rules: ["H12", "E3", "E4"],
    async run(t) {
      const client = await t.client();
      const reason = new Error("changed my mind");
      const error = await t.refused(t.get(client, { signal: AbortSignal.abort(reason) }), { code: "aborted", attempts: 0, retryable: false, category: "control" });
      t.assert.equal(error.cause, reason, "cause");
      await t.refused(client.token({ signal: AbortSignal.abort() }), { code: "aborted" });
      await t.server.saw({ token: 0, api: 0 });
      const counted = countedSignal();
      await client.token({ signal: counted.signal });
      await t.get(client, { signal: counted.signal });
      await client.authorize({}, { signal: counted.signal });
      await t.refused(client.request("/api/../x", { signal: counted.signal }), { code: "origin_not_allowed" });
      t.assert.equal(counted.listeners(), 0, "listeners left on the signal");
    },
  },
  {
    name: "H12 an abort is answered at once, at every phase",
    rules: ["H12", "R9", "H13", "E3", "H20"],
    serve(x) {
      if (x.isToken) return x.variant === 0 ? x.hold("never") : x.token();
      return { 1: () => x.hold("never"), 2: () => x.stall(), 3: () => x.json(503, {}), 4: () => x.hold("never") }[x.variant]();
    },
    async run(t) {
      const phases = [["token", "token", 1], ["headers", "api", 1], ["body", "api", 2], ["wait", "api", 3], ["queue", "api", 4]];
      for (const [row, [phase, kind, count]] of phases.entries()) {
        const asleep = deferred();
        const sleep = (ms, signal) => { asleep.resolve(); return untilAborted(signal ?? new AbortController().signal); };
        const { fetch, answered } = observed(t);
        const client = await t.client({ fetch, baseUrl: `${t.base}/v${row}`, sleep, limits: { concurrency: 1 } });
        const blocker = phase === "queue" ? new AbortController() : null;
        const blocked = blocker && t.refused(t.get(client, { signal: blocker.signal }), { code: "aborted" });
        if (blocker) await t.server.waitFor(kind, count);
        const controller = new AbortController();
        const reason = { why: phase };
        const call = t.refused(t.get(client, { signal: controller.signal }), { code: "aborted", retryable: false }, phase);
        if (phase === "wait") await asleep.promise;
        else if (phase === "body") await answered(2);
        else await t.server.waitFor(kind, count);
        controller.abort(reason);
        t.assert.equal((await t.atOnce(() => call, phase)).cause, reason, `${phase}: cause`);
        blocker?.abort();
        await blocked;
      }
      await t.server.saw({ token: 5, api: 4 });
    },
  },
  {
    name: "H12 an abort with a string, undefined or null as reason is aborted too",
    rules: ["H12", "H19", "H20", "E3"],
    serve(x) { return x.isToken ? x.token() : x.hold("never"); },
    async run(t) {
      const client = await t.client();
      for (const [nth, reason] of ["x", undefined, null, 0, Symbol("s")].entries()) {
        const controller = new AbortController();
        const call = t.refused(t.get(client, { signal: controller.signal }), { code: "aborted" });
        await t.server.waitFor("api", nth + 1);
        controller.abort(reason);
        t.assert.equal((await call).cause, controller.signal.reason, "cause");
      }
    },
  },
  {
    name: "H13 at most `concurrency` API requests are on the wire, in the order of the calls",
    rules: ["H13"],
    async serve(x) {
      if (!x.isToken) await x.later(2);
      x.honest();
    },
    async run(t) {
      for (const [row, concurrency, most] of [[0, 1, 1], [1, 2, 2], [2, undefined, 6]]) {
        // Their order where they leave: on the wire one connection may be faster than another.
        const order = [];
        const fetch = (url, init) => {
          if (!asksForToken(url)) order.push(Number(url.split("/").at(-1)));
          return t.network.fetch(url, init);
        };
        const client = await t.client({ fetch, baseUrl: `${t.base}/v${row}`, limits: concurrency ? { concurrency } : {} });
        await parallel(30, (at) => client.request(`/api/${at}`));
        const called = Array.from({ length: 30 }, (_, at) => at);
        // In an edge isolate nobody may wake another: who may go on notices that by itself, some sooner, some later.
        if (t.workerd) order.sort((a, b) => a - b);
        t.assert.deepEqual(order, called, `concurrency ${most}: order`);
        t.assert.between((await t.server.stats()).most.api, 1, most, `concurrency ${most}: requests at once`);
      }
    },
  },
  {
    name: "H13 a token request does not queue behind API requests, and a left place is given on",
    rules: ["H13"],
    serve(x) { return !x.isToken && x.path.includes("/slow") ? x.hold("slow") : x.honest(); },
    async run(t) {
      const client = await t.client({ limits: { concurrency: 2 } });
      await client.token();
      const leavers = [new AbortController(), new AbortController(), new AbortController()];
      // Different paths: browsers let identical requests wait for each other.
      const slow = leavers.map(({ signal }, n) => t.refused(client.request(`/api/slow${n}`, { signal }), { code: "aborted" }));
      await t.server.waitFor("api", 2);
      t.clock.advance(2 * HOUR);
      t.assert.ok(await client.token(), "token while all places are taken");
      const last = t.get(client);
      leavers[2].abort();
      await slow[2];
      leavers[0].abort();
      t.assert.equal((await last).status, 200, "status of the next in the queue");
      leavers[1].abort();
      await Promise.all(slow);
      await t.server.saw({ token: 2, api: 3 });
    },
  },
  {
    name: "H14 a path that could leave the origin or the prefix is refused without a request",
    rules: ["H14", "E6", "S2"],
    async run(t) {
      const client = await t.client({ baseUrl: `${t.base}/prefix` });
      for (const path of BAD_PATHS) await t.refused(client.request(path), { code: "origin_not_allowed", category: "config", retryable: false, attempts: (n) => n === 0 || n === undefined }, JSON.stringify(path));
      for (const path of [undefined, null, 7, {}, [], Symbol("x")]) await t.refused(client.request(path), { code: (code) => code === "origin_not_allowed" || code === "config_invalid" }, String(path));
      await t.server.saw({ token: 0, api: 0 });
    },
  },
  {
    name: "H14 odd but harmless paths are sent as they are",
    rules: ["H14"],
    async run(t) {
      const client = await t.client();
      const rows = { "/api/a%2Fb": "/api/a%2Fb", "/api/...": "/api/...", "/api/.hidden": "/api/.hidden", "/api/a@b:c": "/api/a@b:c", "/api/%E2%98%82": "/api/%E2%98%82", "/api/a%20b": "/api/a%20b" };
      for (const [path, target] of Object.entries(rows)) {
        await client.request(path);
        t.assert.equal((await t.server.apiRequests()).at(-1).target, target, "target");
      }
    },
  },
  {
    name: "H15 query members and caller headers",
    rules: ["H15"],
    async run(t) {
      const client = await t.client();
      const { accessToken } = await client.token();
      await client.request("/api/x", { query: { a: "ü &=+", b: undefined, c: null, d: ["1", 2], e: true, f: 0, g: "", h: new Date(0).getTime() } });
      const query = new URLSearchParams((await t.server.apiRequests()).at(-1).search);
      t.assert.deepEqual([...query], [["a", "ü &=+"], ["d", "1"], ["d", "2"], ["e", "true"], ["f", "0"], ["g", ""], ["h", "0"]], "query");
      const headers = { Authorization: "Basic x", authorization: "Bearer y", SEC: "z", Cookie: "c=1", Host: "evil.example", "X-Mine": "kept", Accept: "text/csv" };
      await client.request("/api/x", { headers });
      const sent = (await t.server.apiRequests()).at(-1).headers;
      t.assert.includes(sent, { authorization: `Bearer ${accessToken}`, sec: undefined, cookie: undefined, "x-mine": "kept", host: new URL(t.base).host }, "headers");
      for (const value of ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\u0000b"]) {
        const error = await t.refused(client.request("/api/x", { headers: { "X-Bad": value } }), { code: "config_invalid" }, JSON.stringify(value));
        t.assert.ok(!JSON.stringify(error).includes("X-Evil"), "the value is not in the error");
      }
      for (const name of ["X Bad", "X\nBad", ""]) await t.refused(client.request("/api/x", { headers: [[name, "v"]] }), { code: "config_invalid" }, JSON.stringify(name));
      await t.server.saw({ token: 1, api: 2 });
    },
  },
  {
    name: "H16 request resolves with a whole, real Response",
    rules: ["H16", "H17"],
    serve(x) {
      if (x.isToken) return x.token({}, { "Set-Cookie": "sid=1; Path=/" });
      if (x.path.endsWith("/gzip")) return x.gzip(200, "{\"unpacked\":true}", { "Access-Control-Expose-Headers": "*" });
      if (x.path.endsWith("/204")) return x.empty(204);
      if (x.path.endsWith("/202")) return x.json(202, { later: true }, { "X-Mine": "1", "Access-Control-Expose-Headers": "X-Mine", "Set-Cookie": "sid=2" });
      return x.bytes(200, [0, 255, 10]);
    },
    async run(t) {
      const client = await t.client();
      const gzip = await client.request("/api/gzip");
      t.assert.ok(gzip instanceof Response, "a Response");
      t.assert.deepEqual(await gzip.json(), { unpacked: true }, "unpacked body");
      t.assert.equal(gzip.headers.get("content-encoding"), null, "content-encoding");
      t.assert.equal(gzip.headers.get("content-length"), null, "content-length");
      const empty = await client.request("/api/204");
      t.assert.equal(empty.status, 204, "status");
      t.assert.equal(await empty.text(), "", "empty body");
      const later = await client.request("/api/202");
      t.assert.includes({ status: later.status, mine: later.headers.get("x-mine"), ok: later.ok }, { status: 202, mine: "1", ok: true }, "response");
      t.assert.deepEqual([...new Uint8Array(await (await client.request("/api/bytes")).arrayBuffer())], [0, 255, 10], "bytes");
      t.assert.ok((await t.server.log()).every(({ headers }) => headers.cookie === undefined), "no cookie is sent back");
    },
  },
  {
    name: "H17 an early hint before the answer is passed over",
    rules: ["H17"],
    expect: { workerd: "its HTTP client waits for ever behind a 103: the attempt's timer ends that" },
    serve(x) {
      if (x.isToken) return x.token();
      x.response.writeEarlyHints({ link: "</x.css>; rel=preload" });
      return x.page();
    },
    async run(t) {
      const client = await t.client({ timeouts: t.workerd ? { ...t.timeouts, requestMs: 200 } : t.timeouts, retry: { maxRetries: 0 } });
      if (t.workerd) await t.refused(t.get(client), { code: "timeout" });
      else t.assert.equal((await t.get(client)).status, 200, "status");
    },
  },
  {
    name: "H16 the body was read within the limits before request resolves",
    rules: ["H16", "H4"],
    async run(t) {
      let sent = 0;
      const body = () => new Response(new ReadableStream({ pull(c) { sent += 1; if (sent > 5) c.close(); else c.enqueue(new Uint8Array(10)); } }));
      const client = await t.client({ fetch: stubApi(body) });
      const response = await t.get(client);
      t.assert.equal(sent, 6, "pulls before it resolved");
      t.assert.equal((await response.arrayBuffer()).byteLength, 50, "bytes");
    },
  },
  {
    name: "H13 three hundred calls all end, some well, some aborted, none lost",
    rules: ["H13", "T3"],
    async serve(x) {
      if (!x.isToken) await x.later(x.nth % 3);
      x.honest();
    },
    async run(t) {
      const client = await t.client({ timeouts: { tokenMs: 10_000, requestMs: 10_000, totalMs: 10_000 } });
      const calls = Array.from({ length: 300 }, (_, at) => {
        const controller = new AbortController();
        if (at % 10 === 0) Promise.resolve().then(() => controller.abort());
        return t.get(client, { signal: controller.signal });
      });
      const results = await outcomes(calls);
      t.assert.equal(results.filter((result) => result === "ok").length, 270, "successes");
      t.assert.equal(results.filter((result) => result === "aborted").length, 30, "aborted");
    },
  },
  {
    name: "H2 a request carries no cookie and no referrer, and token answers are not cached",
    rules: ["H2", "S6"],
    serve(x) {
      if (x.isToken) return x.token({}, { "Cache-Control": "max-age=3600" });
      return x.honest();
    },
    async run(t) {
      const client = await t.client();
      await client.token();
      await client.forgetToken();
      await client.token();
      const log = await t.server.saw({ token: 2 });
      t.assert.ok(log.every(({ headers }) => headers.referer === undefined && headers.cookie === undefined), "no referer, no cookie");
    },
  },
];
