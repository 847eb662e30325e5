// T1 to T20: the token manager.

import { HOUR, MINUTE, MemoryStore, SECOND, asksForToken, deferred, outcomes, parallel, stubFetch, stubToken, tally } from "./support.mjs";

const ALIVE = "a request cannot die here: the flight lives on, one token request";
const DORMANT = { workerd: "never: work after the answer may be frozen there", extension: "never: the worker may be stopped after the answer" };

const PASSWORD_REFUSALS = [
  ["500", (x) => x.json(500, {})],
  ["503 with Retry-After", (x) => x.json(503, {}, { "Retry-After": "0" })],
  ["408", (x) => x.json(408, {})],
  ["429", (x) => x.json(429, {})],
  ["a cut connection", (x) => x.drop()],
  ["a cut body", (x) => x.dropInBody()],
  ["silence", (x) => x.hold("never")],
];

export default [
  {
    name: "T1 two identities never share a token, even with one store",
    rules: ["T1", "L6"],
    async run(t) {
      const tokenStore = new MemoryStore();
      const { auth } = t.dialect;
      const identities = [
        { auth: auth.client() },
        { auth: { ...auth.client(), clientId: "anotherclientid" } },
        { auth: auth.client(), baseUrl: `${t.base}/prefix` },
      ];
      if (auth.password) identities.push({ auth: auth.password() }, { auth: { ...auth.password(), email: "second@tq.example" } });
      if (auth.refresh) identities.push({ auth: auth.refresh() }, { auth: { ...auth.refresh(), refreshToken: await t.server.mint("other refresh") } });
      const tokens = new Set();
      for (const identity of identities) tokens.add((await (await t.client({ ...identity, tokenStore })).token()).accessToken);
      t.assert.equal(tokens.size, identities.length, "different tokens");
      t.assert.equal(tokenStore.records.size, identities.length, "different keys");
      await t.server.saw({ token: identities.length });
      for (const identity of identities) t.assert.ok(tokens.has((await (await t.client({ ...identity, tokenStore })).token()).accessToken), "adopted token");
      await t.server.saw({ token: identities.length });
    },
  },
  {
    name: "T2 a valid token costs no request",
    rules: ["T2"],
    async run(t) {
      const client = await t.client();
      const first = await client.token();
      for (let call = 0; call < 20; call += 1) t.assert.equal((await client.token()).accessToken, first.accessToken, "same token");
      await t.get(client);
      await t.server.saw({ token: 1, api: 1 });
    },
  },
  {
    name: "T3 a thousand callers, cold, share one token request",
    rules: ["T3"],
    async run(t) {
      const client = await t.client();
      const tokens = await parallel(1000, () => client.token());
      t.assert.equal(new Set(tokens.map((token) => token.accessToken)).size, 1, "different tokens");
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "T3 a thousand callers at local expiry share one token request",
    rules: ["T3", "L10"],
    async run(t) {
      const client = await t.client();
      const old = await client.token();
      t.clock.advance(HOUR);
      const tokens = await parallel(1000, () => client.token());
      t.assert.equal(new Set(tokens.map((token) => token.accessToken)).size, 1, "different tokens");
      t.assert.ok(tokens[0].accessToken !== old.accessToken, "renewed");
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T6 a thousand calls with a revoked token, their 401s spread over 400 ms, cost one token request and all succeed",
    rules: ["T3", "T6"],
    timeoutMs: 2 * MINUTE,
    state: () => ({ revokedAt: null, refused: 0 }),
    async serve(x) {
      if (x.isToken || x.run.valid.has(x.bearer)) return x.honest();
      x.state.revokedAt ??= performance.now();
      x.state.refused += 1;
      const due = x.state.revokedAt + x.state.refused * 0.4;
      await x.later(Math.max(0, due - performance.now()));
      x.unauthorized();
    },
    async run(t) {
      const client = await t.client({ limits: { concurrency: 1000 }, timeouts: { tokenMs: 2 * MINUTE, requestMs: 2 * MINUTE, totalMs: 2 * MINUTE } });
      // POST: browsers let identical GETs wait for each other. The first call spares the others their preflights.
      const call = () => client.request(t.dialect.apiPath, { method: "POST", json: {}, idempotent: true });
      await call();
      await t.server.revoke();
      const results = await outcomes(Array.from({ length: 1000 }, call));
      t.assert.deepEqual(tally(results), { ok: 1000 }, "outcomes");
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T6 a late 401 for an old token costs no token request",
    rules: ["T6"],
    async serve(x) {
      if (x.path.endsWith("/slow") && !x.run.valid.has(x.bearer)) {
        await x.hold("slow");
        return x.unauthorized();
      }
      x.honest();
    },
    async run(t) {
      const client = await t.client();
      await client.token();
      await t.server.revoke();
      const slow = client.request("/api/slow");
      await t.server.waitFor("api", 1);
      await t.get(client);
      await t.server.saw({ token: 2, api: 3 });
      await t.server.release("slow");
      t.assert.equal((await slow).status, 200, "status of the late call");
      await t.server.saw({ token: 2, api: 4 });
    },
  },
  {
    name: "T7 a call that begins during a renewal waits, and a dropped token is never sent again",
    rules: ["T7"],
    async serve(x) {
      if (x.isToken && x.nth === 2) await x.hold("renewal");
      x.honest();
    },
    async run(t) {
      const client = await t.client();
      const { accessToken: dropped } = await client.token();
      await t.server.revoke();
      const first = t.get(client);
      await t.server.waitFor("token", 2);
      const during = Array.from({ length: 5 }, () => t.get(client));
      await t.timers.wait(30);
      await t.server.saw({ api: 1 });
      await t.server.release("renewal");
      t.assert.deepEqual(await outcomes([first, ...during]), Array(6).fill("ok"), "outcomes");
      const carried = (await t.server.apiRequests()).filter(({ bearer }) => bearer === dropped);
      t.assert.equal(carried.length, 1, "requests with the dropped token");
    },
  },
  {
    name: "T4 a caller that leaves does not take the flight with it",
    rules: ["T4"],
    async serve(x) {
      if (x.isToken) await x.hold("token");
      x.honest();
    },
    async run(t) {
      const client = await t.client();
      const leaver = new AbortController();
      const first = client.token({ signal: leaver.signal });
      await t.server.waitFor("token", 1);
      const second = client.token();
      leaver.abort();
      await t.refused(first, { code: "aborted" });
      await t.server.release("token");
      t.assert.ok((await second).accessToken, "token of the one who stayed");
      t.assert.equal((await t.server.stats()).cut, 0, "token requests cut off");
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "T4 a flight that every caller has left still installs its token",
    rules: ["T4"],
    async serve(x) {
      if (x.isToken) await x.hold("token");
      x.honest();
    },
    async run(t) {
      const client = await t.client();
      const leaver = new AbortController();
      const aborted = t.refused(client.token({ signal: leaver.signal }), { code: "aborted" });
      const late = t.refused(client.token({ timeoutMs: 60 }), { code: "timeout", reason: "total" });
      await t.server.waitFor("token", 1);
      leaver.abort();
      await Promise.all([aborted, late]);
      await t.server.release("token");
      await client.token();
      await client.token();
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "T5 twenty requests of one isolate share a flight and its token",
    rules: ["T5"],
    callers: 20,
    async serve(x) {
      if (x.isToken) await x.later(60);
      x.honest();
    },
    async setup(t) { t.shared.client = await t.client(); },
    async run(t) { t.assert.equal((await t.get(t.shared.client)).status, 200, "status"); },
    async check(t) { await t.server.saw({ token: 1, api: 20 }); },
  },
  {
    name: "T5 twenty requests of one isolate share the renewal after 401",
    rules: ["T5", "T6"],
    callers: 20,
    async serve(x) {
      if (x.isToken && x.nth === 2) await x.later(60);
      x.honest();
    },
    async setup(t) {
      t.shared.client = await t.client({ limits: { concurrency: 20 } });
      await t.shared.client.token();
      await t.server.revoke();
    },
    async run(t) { t.assert.equal((await t.get(t.shared.client)).status, 200, "status"); },
    async check(t) { await t.server.saw({ token: 2 }); },
  },
  {
    name: "T5 twenty requests of one isolate queue for two places on the wire",
    rules: ["T5", "H13"],
    callers: 20,
    async serve(x) {
      if (!x.isToken) await x.later(5);
      x.honest();
    },
    async setup(t) { t.shared.client = await t.client({ limits: { concurrency: 2 } }); },
    async run(t) { t.assert.equal((await t.get(t.shared.client)).status, 200, "status"); },
    async check(t) {
      await t.server.saw({ token: 1, api: 20 });
      t.assert.between((await t.server.stats()).most.api, 1, 2, "API requests at once");
    },
  },
  {
    name: "T5 a flight that dies with its request is taken over by a waiter",
    rules: ["T5"],
    expect: { node: ALIVE, page: ALIVE, extension: ALIVE },
    callers: 2,
    async serve(x) {
      if (x.isToken && x.nth === 1) await x.hold("until the request is dead");
      x.honest();
    },
    async setup(t) { t.shared.client = await t.client({ retry: { maxRetries: 0 } }); },
    async run(t, caller) {
      if (caller === 0) {
        // workerd ends what a request has begun when that request has been answered.
        t.shared.client.token().catch(() => {});
        return t.server.waitFor("token", 1);
      }
      await t.server.waitFor("token", 1);
      // The flight is overdue a second after its time; a third of a second of that is waited for really.
      if (t.workerd) t.monotonic.advance(t.timeouts.tokenMs + SECOND - 300);
      else await t.server.release("until the request is dead");
      t.assert.ok((await t.shared.client.token()).accessToken, "token");
      return t.server.saw({ token: t.workerd ? 2 : 1 });
    },
  },
  {
    name: "T8 a second 401 ends the call, and the token of the replay stays current",
    rules: ["T8", "E13", "R10"],
    state: () => ({ deny: 2 }),
    serve(x) {
      if (!x.isToken && x.state.deny > 0) {
        x.state.deny -= 1;
        return x.unauthorized();
      }
      x.honest();
    },
    async run(t) {
      const client = await t.client();
      await t.refused(t.get(client), { code: "unauthorized", status: 401, attempts: 2, retryable: false });
      await t.server.saw({ token: 2, api: 2 });
      t.assert.equal(t.events.filter(({ type }) => type === "replay").length, 1, "replay events");
      await t.get(client);
      await t.server.saw({ token: 2, api: 3 });
    },
  },
  {
    name: "T8 the replay uses up no retry",
    rules: ["T8", "R4"],
    serve(x) {
      if (x.isToken) return x.honest();
      if (x.nth === 1) return x.unauthorized();
      if (x.nth <= 3) return x.json(503, {});
      x.page();
    },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 2 } });
      t.assert.equal((await t.get(client)).status, 200, "status");
      await t.server.saw({ token: 2, api: 4 });
    },
  },
  {
    name: "T8 a renewal that fails gives the call its error",
    rules: ["T8"],
    serve(x) {
      if (x.isToken && x.nth === 2) return x.oauthError("invalid_client", 401);
      x.honest();
    },
    async run(t) {
      const client = await t.client();
      await client.token();
      await t.server.revoke();
      await t.refused(t.get(client), { code: "token_client_rejected", status: 401 });
      await t.server.saw({ token: 2, api: 1 });
    },
  },
  {
    name: "T9 the third fruitless renewal is the last within a minute",
    rules: ["T9", "E12"],
    serve(x) { return x.isToken ? x.token() : x.unauthorized(); },
    async run(t) {
      const client = await t.client();
      for (let call = 0; call < 3; call += 1) await t.refused(t.get(client), { code: "unauthorized" });
      await t.server.saw({ token: 4, api: 6 });
      for (let call = 0; call < 2; call += 1) await t.refused(t.get(client), { code: "auth_loop", retryable: false });
      await t.server.saw({ token: 4, api: 8 });
      t.clock.advance(MINUTE + 1);
      await t.refused(t.get(client), { code: "unauthorized" });
      await t.server.saw({ token: 5, api: 10 });
    },
  },
  {
    name: "T9 a token revoked now and then never trips the limit",
    rules: ["T9"],
    async run(t) {
      const client = await t.client();
      for (let round = 0; round < 10; round += 1) {
        t.assert.equal((await t.get(client)).status, 200, "status");
        await t.server.revoke();
      }
      t.assert.equal((await t.get(client)).status, 200, "status");
      await t.server.saw({ token: 11 });
    },
  },
  {
    name: "T10 a 401 without a challenge renews, 403 and 407 do not",
    rules: ["T10", "E13"],
    expect: { node: "fetch makes a network error of 407, save in Deno and Bun", page: "Chromium makes a network error of 407, Firefox does not", extension: "Chromium makes a network error of 407" },
    serve(x) {
      if (x.path.endsWith("/403")) return x.json(403, {});
      if (x.path.endsWith("/407")) return x.json(407, {});
      if (!x.isToken && x.nth === 1) return x.empty(401);
      x.honest();
    },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0 } });
      t.assert.equal((await t.get(client)).status, 200, "status after the replay");
      await t.server.saw({ token: 2, api: 2 });
      await t.refused(client.request("/api/403"), { code: "forbidden", status: 403, retryable: false });
      await t.refused(client.request("/api/407"), { code: (code) => code === (t.workerd || ["firefox", "deno", "bun"].includes(t.runtime) ? "request_rejected" : "network") });
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T11 a failed flight rejects each waiter with an error of its own, and is forgotten",
    rules: ["T11"],
    async serve(x) {
      if (x.isToken && x.nth === 1) {
        await x.later(30);
        return x.json(500, {});
      }
      x.honest();
    },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0 } });
      const errors = await parallel(50, () => t.refused(client.token(), { code: "token_server_error", status: 500 }));
      t.assert.equal(new Set(errors).size, 50, "different error objects");
      t.assert.equal(new Set(errors.map((error) => JSON.stringify(error))).size, 1, "different contents");
      await t.server.saw({ token: 1 });
      t.clock.advance(MINUTE);
      t.assert.ok((await client.token()).accessToken, "token of the next flight");
    },
  },
  {
    name: "T12 after a transient failure nobody asks again before the back-off has passed",
    rules: ["T12", "E10", "E12", "L12"],
    state: () => ({ deny: true }),
    serve(x) { return x.isToken && x.state.deny ? x.json(503, {}) : x.honest(); },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0, baseMs: 20_000, maxMs: 100_000 } });
      let sent = 0;
      for (const wait of [20_000, 40_000, 80_000, 100_000, 100_000]) {
        await t.refused(client.token(), { code: "token_server_error", status: 503, retryable: true, attempts: 1 });
        sent += 1;
        await t.refused(client.token(), { code: "auth_cooldown", reason: "token_server_error", retryable: true, attempts: 0, retryAfterMs: (ms) => ms <= wait && ms > wait / 2 });
        t.clock.advance(wait - SECOND);
        await t.refused(t.get(client), { code: "auth_cooldown", retryAfterMs: (ms) => ms <= SECOND && ms > 0 });
        await t.server.saw({ token: sent, api: 0 });
        t.clock.advance(SECOND);
      }
      await t.server.set({ deny: false });
      await client.token();
      await t.server.saw({ token: sent + 1 });
    },
  },
  {
    name: "T12 the server's Retry-After prolongs the back-off",
    rules: ["T12", "R6"],
    expect: { page: "a page may not read Retry-After of another origin: the back-off stays its own" },
    serve(x) { return x.isToken && x.nth === 1 ? x.json(429, {}, { "Retry-After": "3600" }) : x.honest(); },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0, baseMs: 20_000, maxMs: 20_000 } });
      await t.refused(client.token(), { code: "rate_limited", status: 429, retryAfterMs: t.page ? undefined : HOUR });
      t.clock.advance(20_000);
      if (t.page) return t.assert.ok(await client.token(), "token after the own back-off");
      await t.refused(client.token(), { code: "auth_cooldown", reason: "rate_limited", retryable: true });
      t.clock.advance(HOUR - 20_000);
      t.assert.ok(await client.token(), "token after the server's back-off");
      return t.server.saw({ token: 2 });
    },
  },
  {
    name: "T12 ambiguous and unusable failures back off too",
    rules: ["T12"],
    freshConnections: true,
    serve(x) {
      if (!x.isToken || x.nth > 1) return x.honest();
      return x.variant === 0 ? x.drop() : x.bytes(200, "<html>");
    },
    async run(t) {
      for (const [row, code, retryable] of [[0, "network", true], [1, "token_response_invalid", false]]) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0, baseMs: 20_000, maxMs: 20_000 } });
        await t.refused(client.token(), { code });
        await t.refused(client.token(), { code: "auth_cooldown", reason: code, retryable });
        t.clock.advance(20_000);
        await client.token();
      }
      await t.server.saw({ token: 4 });
    },
  },
  {
    name: "T13 a rejected client waits a minute",
    rules: ["T13", "E11", "E12"],
    state: () => ({ deny: true }),
    serve(x) { return x.isToken && x.state.deny ? x.oauthError("invalid_client", 401) : x.honest(); },
    async run(t) {
      const client = await t.client();
      for (let round = 1; round <= 3; round += 1) {
        await t.refused(client.token(), { code: "token_client_rejected", oauthError: "invalid_client", retryable: false });
        await t.refused(client.token(), { code: "auth_cooldown", reason: "token_client_rejected", retryable: false, attempts: 0, retryAfterMs: (ms) => ms > MINUTE / 2 && ms <= MINUTE });
        t.clock.advance(MINUTE - SECOND);
        await t.refused(client.token(), { code: "auth_cooldown" });
        await t.server.saw({ token: round });
        t.clock.advance(SECOND);
      }
    },
  },
  {
    name: "T13 a rejected password waits one minute, then ten, then thirty; success starts over",
    platform: "threatq",
    rules: ["T13", "T14", "T36"],
    state: () => ({ deny: true }),
    serve(x) { return x.isToken && x.state.deny ? x.json(400, { errors: ["Wrong e-mail or password."] }) : x.honest(); },
    async run(t) {
      const client = await t.client({ auth: "password" });
      let sent = 0;
      const rejected = async (latch) => {
        await t.refused(client.token(), { code: "token_grant_rejected", status: 400, retryable: false });
        sent += 1;
        t.clock.advance(latch - SECOND);
        await t.refused(client.token(), { code: "auth_cooldown", reason: "token_grant_rejected", retryable: false });
        await t.server.saw({ token: sent });
        t.clock.advance(SECOND);
      };
      for (const latch of [MINUTE, 10 * MINUTE, 30 * MINUTE, 30 * MINUTE]) await rejected(latch);
      await t.server.set({ deny: false });
      await client.token();
      sent += 1;
      await t.server.set({ deny: true });
      t.clock.advance(HOUR);
      await rejected(MINUTE);
    },
  },
  {
    name: "T13 a latch ends by the monotonic clock too when the wall clock is set back",
    rules: ["T13", "L12"],
    serve(x) { return x.isToken && x.nth === 1 ? x.oauthError("invalid_client", 401) : x.honest(); },
    async run(t) {
      const client = await t.client();
      await t.refused(client.token(), { code: "token_client_rejected" });
      t.clock.advance(-24 * HOUR);
      await t.refused(client.token(), { code: "auth_cooldown", retryAfterMs: (ms) => ms <= MINUTE });
      t.monotonic.advance(MINUTE);
      await client.token();
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T14 a password is sent once per flight, whatever happens to it",
    platform: "threatq",
    rules: ["T14", "R3"],
    freshConnections: true,
    serve: (x) => PASSWORD_REFUSALS[x.variant][1](x),
    async run(t) {
      for (const [row, [label]] of PASSWORD_REFUSALS.entries()) {
        const timeouts = label === "silence" ? { ...t.timeouts, tokenMs: 200 } : t.timeouts;
        const client = await t.client({ auth: "password", baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 5 }, timeouts });
        await t.refused(t.get(client), {}, label);
        await t.refused(client.token(), { code: "auth_cooldown" }, label);
        t.assert.equal((await t.server.tokenRequests()).filter(({ variant }) => variant === row).length, 1, `${label}: token requests`);
      }
    },
  },
  {
    name: "T15 while a renewal fails, a token inside the skew still serves",
    rules: ["T15"],
    serve(x) {
      if (x.isToken && x.nth === 2) return x.json(503, {});
      return x.isToken ? x.token({ expires_in: 600 }) : x.honest();
    },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0, baseMs: 80_000, maxMs: 80_000 } });
      const old = await client.token();
      t.clock.advance(545 * SECOND);
      t.assert.equal((await client.token()).accessToken, old.accessToken, "token while the renewal fails");
      t.assert.equal((await client.token()).accessToken, old.accessToken, "token during the back-off");
      t.assert.equal((await t.get(client)).status, 200, "status during the back-off");
      await t.server.saw({ token: 2 });
      t.clock.advance(55 * SECOND);
      await t.refused(client.token(), { code: "auth_cooldown" });
      t.clock.advance(30 * SECOND);
      t.assert.ok((await client.token()).accessToken !== old.accessToken, "renewed");
    },
  },
  {
    name: "T15 a token that was answered with 401 is not served again",
    rules: ["T15", "T7"],
    serve(x) { return x.isToken && x.nth > 1 ? x.json(503, {}) : x.honest(); },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0, baseMs: 80_000, maxMs: 80_000 } });
      await client.token();
      await t.server.revoke();
      await t.refused(t.get(client), { code: "token_server_error" });
      await t.refused(client.token(), { code: "auth_cooldown" });
      await t.server.saw({ token: 2, api: 1 });
    },
  },
  {
    name: "T16 a token near its end is renewed beside the call",
    rules: ["T16"],
    expect: DORMANT,
    async serve(x) {
      if (x.isToken && x.nth === 2) await x.hold("soft renewal");
      if (x.isToken) return x.token({ expires_in: 1000 });
      x.honest();
    },
    async run(t) {
      const client = await t.client();
      const old = await client.token();
      t.clock.advance(879 * SECOND);
      await client.token();
      await t.server.saw({ token: 1 });
      t.clock.advance(2 * SECOND);
      t.assert.equal((await client.token()).accessToken, old.accessToken, "present token");
      if (t.dormant) return t.server.saw({ token: 1 });
      await t.server.waitFor("token", 2);
      t.assert.equal((await client.token()).accessToken, old.accessToken, "present token while the flight is in the air");
      await t.server.release("soft renewal");
      while ((await client.token()).accessToken === old.accessToken) await t.timers.wait(1);
      return t.server.saw({ token: 2 });
    },
  },
  {
    name: "T16 a soft renewal that fails is an event, and waits five seconds",
    rules: ["T16"],
    expect: DORMANT,
    serve(x) {
      if (x.isToken && x.nth === 2) return x.json(503, {});
      return x.isToken ? x.token({ expires_in: 1000 }) : x.honest();
    },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0, baseMs: 1, maxMs: 1 } });
      await client.token();
      t.clock.advance(890 * SECOND);
      await client.token();
      if (t.dormant) return t.server.saw({ token: 1 });
      await t.server.waitFor("token", 2);
      while (!t.eventTypes().includes("token_failed")) await t.timers.wait(1);
      t.clock.advance(4 * SECOND);
      await client.token();
      await t.timers.wait(20);
      await t.server.saw({ token: 2 });
      t.clock.advance(2 * SECOND);
      await client.token();
      return t.server.waitFor("token", 3);
    },
  },
  {
    name: "T16 a password and a refresh token are never spent in the background",
    platform: "threatq",
    rules: ["T16"],
    serve(x) { return x.isToken ? x.token({ expires_in: 1000 }) : x.honest(); },
    async run(t) {
      for (const auth of ["password", "refresh"]) {
        const client = await t.client({ auth });
        await client.token();
        t.clock.advance(930 * SECOND);
        await client.token();
        await client.token();
      }
      await t.timers.wait(20);
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T17 a lifetime of zero serves its own callers and is not kept",
    rules: ["T17"],
    serve(x) { return x.isToken ? x.token({ expires_in: x.variant === 1 ? -1 : 0 }) : x.honest(); },
    async run(t) {
      for (const row of [0, 1]) {
        const tokenStore = new MemoryStore();
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, tokenStore });
        await parallel(10, () => client.token());
        t.assert.equal((await t.get(client)).status, 200, "status");
        await client.token();
        t.assert.equal((await t.server.tokenRequests()).filter(({ variant }) => variant === row).length, 3, "token requests");
        t.assert.deepEqual(tokenStore.writes(), [], "writes to the store");
      }
    },
  },
  {
    name: "T17 a lifetime of zero allows one token request per call, also after 401",
    rules: ["T17"],
    serve(x) { return x.isToken ? x.token({ expires_in: 0 }) : x.unauthorized(); },
    async run(t) {
      const client = await t.client();
      await t.refused(t.get(client), { code: "unauthorized" });
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "T18 a flight that forgetToken overtook installs and stores nothing",
    rules: ["T18", "L3"],
    async serve(x) {
      if (x.isToken && x.nth === 1) await x.hold("first");
      x.honest();
    },
    async run(t) {
      const tokenStore = new MemoryStore();
      const client = await t.client({ tokenStore });
      const early = client.token().then((token) => token.accessToken, (error) => error.code);
      await t.server.waitFor("token", 1);
      await client.forgetToken();
      const late = client.token();
      await t.timers.wait(20);
      await t.server.saw({ token: 1 });
      await t.server.release("first");
      const { accessToken } = await late;
      await early;
      await t.server.saw({ token: 2 });
      t.assert.equal((await t.server.stats()).most.token, 1, "token requests at once");
      t.assert.equal((await client.token()).accessToken, accessToken, "token that stays");
      t.assert.equal(tokenStore.writes().length, 1, "writes to the store");
      const second = await t.client({ tokenStore });
      t.assert.equal((await second.token()).accessToken, accessToken, "stored token");
    },
  },
  {
    name: "T18 with grant refresh_token the newest refresh token survives forgetToken, also from a late answer",
    platform: "threatq",
    rules: ["T18", "T23"],
    async serve(x) {
      if (!x.isToken) return x.honest();
      if (x.nth === 1) await x.hold("first");
      x.state.handed = x.mint("refresh");
      x.token({ refresh_token: x.state.handed });
    },
    async run(t) {
      const client = await t.client({ auth: "refresh" });
      const early = client.token().catch(() => {});
      await t.server.waitFor("token", 1);
      await client.forgetToken();
      const late = client.token();
      await t.server.release("first");
      await Promise.all([early, late]);
      const [first, second] = (await t.server.tokenRequests()).map(({ search }) => new URLSearchParams(search).get("refresh_token"));
      t.assert.equal(first, t.canaries.refreshToken, "first refresh token");
      t.assert.ok(second !== first, "the second flight sends the newer refresh token");
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T18 forgetToken clears memory and store, and the next call starts afresh",
    platform: "threatq",
    rules: ["T18", "L4"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      const tokenStore = new MemoryStore();
      const client = await t.client({ auth: "password", tokenStore });
      const first = await client.token();
      await client.forgetToken();
      t.assert.equal(tokenStore.records.size, 0, "records");
      const second = await client.token();
      t.assert.ok(second.accessToken !== first.accessToken, "another token");
      t.assert.deepEqual((await t.server.tokenRequests()).map(({ grant }) => grant), ["password", "password"], "grants");
    },
  },
  {
    name: "T19 a token supplied by the caller is used as it is and never renewed",
    rules: ["T19"],
    state: () => ({ deny: true }),
    serve(x) { return x.state.deny ? x.unauthorized() : x.page(); },
    async run(t) {
      const client = await t.client({ auth: "supplied" });
      const token = await client.token();
      const [[member, accessToken]] = Object.entries(t.dialect.auth.supplied());
      t.assert.includes(token, { accessToken, tokenType: member === "secToken" ? "SEC" : "Bearer", expiresAt: null, assumedLifetime: false }, "token");
      await t.refused(t.get(client), { code: "unauthorized", status: 401, attempts: 1 });
      await t.server.saw({ token: 0, api: 1 });
    },
  },
  {
    name: "T19 three 401s in a row stop a supplied token for a minute, one request at a time",
    rules: ["T19"],
    state: () => ({ deny: true }),
    async serve(x) {
      if (x.state.deny) {
        await x.later(5);
        return x.unauthorized();
      }
      if (x.state.hold) await x.hold("slow");
      x.page();
    },
    async run(t) {
      const client = await t.client({ auth: "supplied" });
      const errors = await parallel(10, () => t.refused(t.get(client)));
      t.assert.deepEqual(tally(errors.map(({ code }) => code)), { unauthorized: 3, auth_cooldown: 7 }, "codes");
      t.assert.ok(errors.filter(({ code }) => code === "auth_cooldown").every(({ reason, retryable }) => reason === "unauthorized" && !retryable), "reason");
      await t.server.saw({ token: 0, api: 3 });
      t.assert.equal((await t.server.stats()).most.api, 1, "requests at once");
      await t.server.set({ deny: false });
      t.clock.advance(59 * SECOND);
      await t.refused(t.get(client), { code: "auth_cooldown" });
      t.clock.advance(SECOND);
      t.assert.equal((await t.get(client)).status, 200, "status after a minute");
      await t.server.set({ hold: true });
      // Different queries: browsers let identical requests wait for each other.
      const calls = parallel(4, (n) => t.get(client, { query: { n } }));
      await t.server.waitFor("api", 4 + 4);
      await t.server.release("slow");
      await calls;
      t.assert.equal((await t.server.stats()).most.api, 4, "requests at once after a success");
    },
  },
  {
    name: "T20 every callback may call the client again",
    rules: ["T20"],
    async run(t) {
      const again = [];
      let client;
      let depth = 0;
      const reenter = (what) => {
        if (!client || depth > 3) return;
        depth += 1;
        again.push([what, client.token(), t.get(client)]);
        depth -= 1;
      };
      const once = new Set();
      const reenterOnce = (what) => {
        if (!client || once.has(what)) return;
        once.add(what);
        reenter(what);
      };
      const store = new MemoryStore();
      const tokenStore = {
        get: (key) => { reenterOnce("get"); return store.get(key); },
        set: (key, value) => { reenterOnce("set"); return store.set(key, value); },
        delete: (key) => { reenterOnce("delete"); return store.delete(key); },
        lock: (key, run) => { reenterOnce("lock"); return run(); },
      };
      let calls = 0;
      const fetch = stubFetch((url) => {
        reenterOnce("fetch");
        calls += 1;
        if (asksForToken(url)) return stubToken();
        return new Response("{}", { status: calls % 5 === 0 ? 503 : 200 });
      });
      client = await t.client({
        tokenStore,
        fetch,
        now: () => { reenterOnce("now"); return t.clock.now(); },
        sleep: (ms) => { reenterOnce("sleep"); return t.clock.sleep(ms); },
        random: () => { reenterOnce("random"); return 0; },
        onEvent: () => reenterOnce("onEvent"),
      });
      for (let call = 0; call < 12; call += 1) await t.get(client);
      await client.forgetToken();
      await t.get(client);
      t.assert.deepEqual([...once].sort(), ["delete", "fetch", "get", "lock", "now", "onEvent", "random", "set", "sleep"], "callbacks that called again");
      const results = await outcomes(again.flatMap(([, ...promises]) => promises));
      t.assert.ok(results.every((result) => result === "ok"), `outcomes ${JSON.stringify(tally(results))}`);
    },
  },
];
