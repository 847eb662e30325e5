// L7 to L15: closing, idling, clocks, traps and events.

import { HOUR, MINUTE, MemoryStore, SECOND, asksForToken, deferred, json, outcomes, stubApi, tally } from "./support.mjs";

/** How many calls of wasm exports the trap is moved through. */
const TRAP_STEPS = 20;

export default [
  {
    name: "L7 close ends flights, requests, queue and waits, and nothing comes after",
    rules: ["L7", "E6"],
    async serve(x) {
      if (x.isToken) return x.variant === 0 ? x.hold("token") : x.token();
      if (x.path.endsWith("/wait")) return x.json(503, {});
      await x.hold("api");
      x.honest();
    },
    async run(t) {
      const tokenStore = new MemoryStore();
      const flying = await t.client({ baseUrl: `${t.base}/v0`, tokenStore });
      const flight = outcomes([flying.token(), t.get(flying)]);
      await t.server.waitFor("token", 1);
      const working = await t.client({ baseUrl: `${t.base}/v1`, limits: { concurrency: 2 }, sleep: () => new Promise(() => {}) });
      const work = outcomes([working.request("/api/wait"), ...[1, 2, 3].map((n) => t.get(working, { query: { n } }))]);
      await t.server.waitFor("api", 3);
      flying.close();
      working[Symbol.dispose]();
      await t.atOnce(async () => t.assert.deepEqual(tally([...await flight, ...await work]), { client_closed: 6 }, "outcomes"), "close");
      await t.server.waitFor("cut", 3);
      await t.server.release("token");
      await t.timers.wait(20);
      t.assert.deepEqual(tokenStore.writes(), [], "writes to the store");
      const log = await t.server.log();
      t.assert.between(log.length, 4, 5, "requests in all");
    },
  },
  {
    name: "L8 an idle client has no timer",
    rules: ["L8"],
    async run(t) {
      const client = await t.client({ tokenStore: new MemoryStore() });
      t.assert.deepEqual(t.timers.outstanding(), [], "timers after creation");
      await client.token();
      await t.get(client);
      await t.refused(client.request("/api/../x"));
      t.assert.deepEqual(t.timers.outstanding(), [], "timers after work");
      t.assert.equal(t.timers.intervals(), t.intervalsBefore, "intervals");
    },
  },
  {
    name: "S15 H5 nothing waits longer by itself than an extension's worker may live, where there is one",
    rules: ["S15", "H5"],
    expect: { extension: "25 seconds at most: an idle worker is stopped after thirty" },
    async run(t) {
      const asked = deferred();
      const fetch = () => {
        asked.resolve();
        return new Promise(() => {});
      };
      const client = await t.client({ fetch, timeouts: undefined });
      const call = t.refused(t.get(client), { code: "client_closed" });
      await asked.promise;
      await t.timers.wait(0);
      const longest = Math.max(...t.timers.outstanding());
      t.assert.between(longest, 15 * SECOND, (t.runtime === "extension" ? 25 : 60) * SECOND, "milliseconds of the longest timer");
      t.assert.equal(longest > 25 * SECOND, t.runtime !== "extension", "longer than a worker's life");
      client.close();
      await call;
    },
  },
  {
    name: "L9 importing the package does nothing",
    rules: ["L9"],
    async run(t) {
      t.assert.deepEqual(t.imported, { globals: [], timers: 0, intervals: 0, fetches: 0, consoleLines: 0 }, "effects of the import");
    },
  },
  {
    name: "L10 a token's life counts from the request, and equal means expired",
    platform: "threatq",
    rules: ["L10"],
    async serve(x) {
      if (x.isToken && x.nth === 1) await x.hold("slow");
      return x.isToken ? x.token({ expires_in: 600 }) : x.honest();
    },
    async run(t) {
      const client = await t.client({ auth: "password" });
      const start = t.clock.now();
      const first = client.token();
      await t.server.waitFor("token", 1);
      t.clock.advance(30 * SECOND);
      await t.server.release("slow");
      t.assert.equal(Date.parse((await first).expiresAt), start + 600 * SECOND, "expiresAt");
      t.clock.set(start + 540 * SECOND - 1);
      await client.token();
      await t.server.saw({ token: 1 });
      t.clock.set(start + 540 * SECOND);
      await client.token();
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "L10 a wall clock set back cannot prolong a token, one set forward ends it",
    platform: "threatq",
    rules: ["L10"],
    serve(x) { return x.isToken ? x.token({ expires_in: 600 }) : x.honest(); },
    async run(t) {
      const client = await t.client({ auth: "password" });
      await client.token();
      t.clock.advance(-24 * HOUR);
      t.monotonic.advance(500 * SECOND);
      await client.token();
      await t.server.saw({ token: 1 });
      t.monotonic.advance(41 * SECOND);
      await client.token();
      await t.server.saw({ token: 2 });
      t.clock.advance(24 * HOUR);
      await client.token();
      await t.server.saw({ token: 3 });
    },
  },
  {
    name: "L10 a constant error of the wall clock has no effect",
    platform: "threatq",
    rules: ["L10"],
    serve(x) { return x.isToken ? x.token({ expires_in: 600 }) : x.honest(); },
    async run(t) {
      for (const start of [0, Date.UTC(1999, 0, 1), Date.UTC(2199, 0, 1)]) {
        t.clock.set(start);
        const before = (await t.server.tokenRequests()).length;
        const client = await t.client({ auth: "password" });
        await client.token();
        t.clock.advance(539 * SECOND);
        await client.token();
        t.assert.equal((await t.server.tokenRequests()).length, before + 1, `${t.clock.iso()}: token requests`);
        t.clock.advance(2 * SECOND);
        await client.token();
        t.assert.equal((await t.server.tokenRequests()).length, before + 2, `${t.clock.iso()}: token requests`);
      }
    },
  },
  {
    name: "L12 a clock set back does not prolong a back-off",
    rules: ["L12", "T12"],
    serve(x) { return x.isToken && x.nth === 1 ? x.json(503, {}) : x.honest(); },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0, baseMs: 20_000, maxMs: 20_000 } });
      await t.refused(client.token(), { code: "token_server_error" });
      t.clock.advance(-HOUR);
      await t.refused(client.token(), { code: "auth_cooldown", retryAfterMs: (ms) => ms <= 20_000 });
      t.monotonic.advance(20_000);
      t.assert.ok(await client.token(), "token");
    },
  },
  {
    name: "L14 E18 a trap anywhere gives internal, and the next call works with the same token",
    rules: ["L14", "E18", "S9"],
    async run(t) {
      let internal = 0;
      for (let step = 1; step <= TRAP_STEPS; step += 1) {
        const client = await t.client({ fetch: stubApi(() => json({ total: 0, data: [] })) });
        const before = await client.token();
        t.wasm.trapAtCall(step);
        const [outcome] = await Promise.allSettled([t.get(client)]);
        t.wasm.disarm();
        if (outcome.status === "rejected") {
          await t.refused(Promise.reject(outcome.reason), { code: "internal", category: "internal", retryable: false }, `step ${step}`);
          internal += 1;
        }
        t.assert.equal((await t.get(client)).status, 200, `step ${step}: status of the next call`);
        t.assert.equal((await client.token()).accessToken, before.accessToken, `step ${step}: token`);
        client.close();
      }
      t.assert.between(internal, 1, TRAP_STEPS, "calls that met a trap");
    },
  },
  {
    name: "L14 a trap ends all calls under way, none hangs, and the refresh token survives",
    platform: "threatq",
    rules: ["L14"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      for (const step of [1, 2, 3, 5, 8, 13, 21, 34]) {
        const client = await t.client({ auth: "refresh" });
        await client.token();
        const calls = Array.from({ length: 10 }, () => t.get(client));
        t.wasm.trapAtCall(step);
        const results = await outcomes(calls);
        t.wasm.disarm();
        t.assert.ok(results.every((result) => result === "ok" || result === "internal"), `step ${step}: ${JSON.stringify(tally(results))}`);
        t.clock.advance(2 * HOUR);
        t.assert.equal((await t.get(client)).status, 200, `step ${step}: status of the next call`);
      }
      const sent = (await t.server.tokenRequests()).map(({ search }) => new URLSearchParams(search).get("refresh_token"));
      t.assert.ok(sent.filter((value) => value === t.canaries.refreshToken).length === 8, "the configured refresh token was sent once by each client");
    },
  },
  {
    name: "L15 events come in order, carry only their fields, and what a listener throws is swallowed",
    rules: ["L15", "R10"],
    serve(x) { return x.isToken ? x.token({ expires_in: 3600 }) : x.honest(); },
    async run(t) {
      const listeners = [() => { throw new Error("x"); }, () => Promise.reject(new Error("x")), () => { throw undefined; }, async () => { throw "x"; }];
      for (const listener of listeners) {
        const events = [];
        const client = await t.client({ name: "mine", onEvent: (event) => { events.push(event); t.events.push(event); return listener(); } });
        await t.get(client);
        await t.server.revoke();
        await t.get(client);
        const types = events.map(({ type }) => type);
        t.assert.deepEqual(types.filter((type) => type !== "replay"), ["token_requested", "token_acquired", "request", "request", "token_requested", "token_acquired", "request"], "order of the events");
        t.assert.between(types.indexOf("replay"), 4, 6, "place of the replay");
        t.assert.ok(events.every((event) => event.platform === t.dialect.platform && event.name === "mine"), "platform and name");
        t.assert.ok(events.every((event) => event.at === t.clock.iso() || Date.parse(event.at) === t.clock.now()), "at is now()");
        t.assert.deepEqual(events.filter(({ type }) => type === "request").map(({ status }) => status), [200, 401, 200], "status of the requests");
      }
    },
  },
  {
    name: "L15 a failed flight is announced once, with its code",
    rules: ["L15"],
    serve: (x) => x.oauthError("invalid_client", 401, { error_description: "words of the server" }),
    async run(t) {
      const client = await t.client();
      await outcomes([client.token(), client.token(), t.get(client)]);
      t.assert.deepEqual(t.eventTypes(), ["token_requested", "token_failed"], "events");
      t.assert.includes(t.events[1], { code: "token_client_rejected", status: 401 }, "event");
      t.assert.ok(!JSON.stringify(t.events).includes("words of the server"), "no server text");
    },
  },
  {
    name: "L15 onEvent is called synchronously, before the request leaves",
    rules: ["L15"],
    async run(t) {
      const order_ = [];
      const held = deferred();
      const fetch = stubApi(() => { order_.push("fetch"); held.resolve(); return json({}); });
      const client = await t.client({ fetch: (url, init) => { order_.push(asksForToken(url) ? "token fetch" : "fetch"); return fetch(url, init); }, onEvent: (event) => order_.push(event.type) });
      await t.get(client);
      t.assert.ok(order_.indexOf("token_requested") < order_.indexOf("token fetch"), "token_requested stands before the request");
      t.assert.ok(order_.indexOf("token_acquired") < order_.indexOf("fetch"), "token_acquired stands before the token is used");
    },
  },
  {
    name: "L14 a load that failed is not kept",
    rules: ["L14", "E7"],
    async run(t) {
      const { classify, refang } = t.ioc;
      for (const call of [() => classify("a.example"), () => refang("a[.]example")]) {
        try {
          call();
        } catch (error) {
          t.assert.equal(error.code, "not_initialised", "code of a synchronous function before the load");
        }
      }
      await t.ioc.default();
      t.assert.equal(refang("a[.]example"), "a.example", "after init()");
      await t.ioc.default();
      t.clock.advance(MINUTE);
    },
  },
];
