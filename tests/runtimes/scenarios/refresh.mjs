// T21 to T30: refresh tokens, and the store that several clients share.

import { HOUR, MemoryStore, MINUTE, SECOND, deferred, outcomes, parallel } from "./support.mjs";

const sentRefresh = ({ search }) => new URLSearchParams(search).get("refresh_token");

/** Rows of T22: what the answer says, and whether a warning is due. */
const NOT_A_REFRESH_TOKEN = [
  ["absent", undefined, false],
  ["null", null, false],
  ["empty", "", false],
  ["a number", 42, true],
  ["an object", {}, true],
  ["an array", ["a"], true],
  ["a boolean", true, true],
  ["not ASCII", "nä-refresh", true],
  ["a control character", "tab\there", true],
  ["over 16 KiB", "r".repeat(16_385), true],
];

/** A client that has had its first token, with `refresh_token` in the answer, and whose token has now expired. */
async function expired(t, overrides) {
  const client = await t.client(overrides);
  await client.token();
  t.clock.advance(2 * HOUR);
  return client;
}

/** First token request: a token and a refresh token. Later ones: `later(x)`. */
const firstThen = (later) => (x) => {
  if (!x.isToken) return x.honest();
  if (x.nth > 1) return later(x);
  return x.token({ refresh_token: x.mint("refresh") });
};

export default [
  {
    name: "T21 the password grant renews by its refresh token",
    platform: "threatq",
    rules: ["T21", "T31"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      const client = await expired(t, { auth: "password" });
      await client.token();
      t.clock.advance(2 * HOUR);
      await client.token();
      const requests = await t.server.tokenRequests();
      t.assert.deepEqual(requests.map(({ grant }) => grant), ["password", "refresh_token", "refresh_token"], "grants");
      t.assert.ok(sentRefresh(requests[1]) !== sentRefresh(requests[2]), "rotated");
    },
  },
  {
    name: "T21 client_credentials ignores a returned refresh token and never stores it",
    rules: ["T21", "L2"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      const tokenStore = new MemoryStore();
      const client = await expired(t, { tokenStore });
      await client.token();
      t.assert.deepEqual((await t.server.tokenRequests()).map(({ grant }) => grant), ["client_credentials", "client_credentials"], "grants");
      const refreshTokens = (await t.server.secrets()).filter(([, name]) => name.startsWith("refresh")).map(([value]) => value);
      t.assert.equal(refreshTokens.length, 2, "refresh tokens given out");
      t.assert.ok(!tokenStore.writes().some((record) => refreshTokens.some((value) => record.includes(value))), "no refresh token in the store");
    },
  },
  {
    name: "T22 what is no refresh token keeps the old one",
    platform: "threatq",
    rules: ["T22"],
    serve: firstThen((x) => x.token({ refresh_token: NOT_A_REFRESH_TOKEN[x.variant][1] })),
    async run(t) {
      for (const [row, [label, , warns]] of NOT_A_REFRESH_TOKEN.entries()) {
        const client = await expired(t, { auth: "password", baseUrl: `${t.base}/v${row}` });
        t.events.length = 0;
        await client.token();
        t.assert.equal(t.eventTypes().includes("warning"), warns, `${label}: warning`);
        t.clock.advance(2 * HOUR);
        await client.token();
        const [, second, third] = (await t.server.tokenRequests()).filter(({ variant }) => variant === row);
        t.assert.equal(second.grant, "refresh_token", `${label}: second grant`);
        t.assert.equal(sentRefresh(third), sentRefresh(second), `${label}: refresh token sent`);
      }
    },
  },
  {
    name: "T22 the same refresh token again changes nothing",
    platform: "threatq",
    rules: ["T22"],
    serve: firstThen((x) => x.token({ refresh_token: x.query.get("refresh_token") })),
    async run(t) {
      const client = await expired(t, { auth: "password" });
      for (let round = 0; round < 3; round += 1) {
        await client.token();
        t.clock.advance(2 * HOUR);
      }
      const [, ...renewals] = await t.server.tokenRequests();
      t.assert.equal(new Set(renewals.map(sentRefresh)).size, 1, "different refresh tokens");
    },
  },
  {
    name: "T24 a refused refresh token is dropped and the same flight goes on with the password",
    platform: "threatq",
    rules: ["T24"],
    serve: firstThen((x) => (x.grant === "refresh_token" ? x.oauthError("invalid_grant") : x.token())),
    async run(t) {
      const client = await expired(t, { auth: "password" });
      await client.token();
      t.assert.deepEqual((await t.server.tokenRequests()).map(({ grant }) => grant), ["password", "refresh_token", "password"], "grants");
      t.clock.advance(2 * HOUR);
      await client.token();
      t.assert.deepEqual((await t.server.tokenRequests()).map(({ grant }) => grant), ["password", "refresh_token", "password", "password"], "grants after the drop");
    },
  },
  {
    name: "T24 a platform without refresh keeps working: any other 4xx leads to the password",
    platform: "threatq",
    rules: ["T24"],
    serve: firstThen((x) => (x.grant === "refresh_token" ? x.json([404, 405, 400, 403, 422][x.variant], { errors: ["No."] }) : x.token())),
    async run(t) {
      for (let row = 0; row < 5; row += 1) {
        const client = await expired(t, { auth: "password", baseUrl: `${t.base}/v${row}` });
        t.assert.ok(await client.token(), "token");
      }
      await t.server.saw({ token: 15 });
    },
  },
  {
    name: "T24 without primary credentials a refused refresh token is the end, without further requests",
    platform: "threatq",
    rules: ["T24", "E12", "T36"],
    serve: (x) => [() => x.oauthError("invalid_grant"), () => x.json(400, { errors: ["No."] }), () => x.json(401, {})][x.variant](),
    async run(t) {
      for (const row of [0, 1, 2]) {
        const tokenStore = new MemoryStore();
        const client = await t.client({ auth: "refresh", baseUrl: `${t.base}/v${row}`, tokenStore });
        await t.refused(client.token(), { code: "reauth_required", retryable: false, status: row === 2 ? 401 : 400 });
        t.clock.advance(24 * HOUR);
        await t.refused(client.token(), { code: "reauth_required", retryable: false });
        await t.refused(t.get(client), { code: "reauth_required" });
        t.assert.equal(tokenStore.records.size, 0, "records");
      }
      await t.server.saw({ token: 3, api: 0 });
    },
  },
  {
    name: "T24 without primary credentials any other 4xx is token_request_rejected, and the refresh token is kept",
    platform: "threatq",
    rules: ["T24", "E11"],
    serve(x) { return x.isToken && x.nth === 1 ? x.json(404, {}) : x.honest(); },
    async run(t) {
      const client = await t.client({ auth: "refresh" });
      await t.refused(client.token(), { code: "token_request_rejected", status: 404 });
      t.clock.advance(MINUTE);
      await client.token();
      t.assert.deepEqual((await t.server.tokenRequests()).map(sentRefresh), [t.canaries.refreshToken, t.canaries.refreshToken], "refresh tokens sent");
    },
  },
  {
    name: "T25 invalid_client on refresh latches and keeps the refresh token",
    platform: "threatq",
    rules: ["T25"],
    serve: firstThen((x) => (x.nth === 2 ? x.oauthError(["invalid_client", "unauthorized_client"][x.variant], 401) : x.token())),
    async run(t) {
      for (const row of [0, 1]) {
        const client = await expired(t, { auth: "password", baseUrl: `${t.base}/v${row}` });
        await t.refused(client.token(), { code: "token_client_rejected" });
        await t.refused(client.token(), { code: "auth_cooldown", reason: "token_client_rejected" });
        t.clock.advance(MINUTE);
        await client.token();
        const [, second, third] = (await t.server.tokenRequests()).filter(({ variant }) => variant === row);
        t.assert.equal(sentRefresh(third), sentRefresh(second), "refresh token sent after the latch");
      }
      await t.server.saw({ token: 6 });
    },
  },
  {
    name: "T26 a refresh lost on the way goes on with the password",
    platform: "threatq",
    rules: ["T26", "T23"],
    freshConnections: true,
    serve: firstThen((x) => (x.grant === "refresh_token" ? [() => x.drop(), () => x.dropInBody(), () => x.hold("never")][x.variant]() : x.token())),
    async run(t) {
      for (const row of [0, 1, 2]) {
        const client = await expired(t, { auth: "password", baseUrl: `${t.base}/v${row}` });
        const token = client.token();
        if (row === 2) {
          await t.server.waitFor("token", 2, row);
          await t.timers.elapse(t.timeouts.tokenMs);
        }
        t.assert.ok(await token, "token");
        t.assert.deepEqual((await t.server.tokenRequests()).filter(({ variant }) => variant === row).map(({ grant }) => grant), ["password", "refresh_token", "password"], "grants");
      }
    },
  },
  {
    name: "T26 without primary credentials a lost refresh is sent once more, and no third time",
    platform: "threatq",
    rules: ["T26", "T23"],
    freshConnections: true,
    serve(x) {
      if (x.nth === 1) return x.drop();
      return [() => x.token(), () => x.oauthError("invalid_grant"), () => (x.nth === 2 ? x.drop() : x.token())][x.variant]();
    },
    async run(t) {
      const client = (row) => t.client({ auth: "refresh", baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 5 } });
      t.assert.ok(await (await client(0)).token(), "token by the second sending");
      const dead = await client(1);
      await t.refused(dead.token(), { code: "reauth_required" });
      const lost = await client(2);
      await t.refused(lost.token(), { code: "network" });
      const counts = async () => [0, 1, 2].map((row) => requests.filter(({ variant }) => variant === row).length);
      let requests = await t.server.tokenRequests();
      t.assert.deepEqual(await counts(), [2, 2, 2], "token requests");
      t.clock.advance(MINUTE);
      t.assert.ok(await lost.token(), "token by the kept refresh token after the back-off");
      requests = await t.server.tokenRequests();
      t.assert.deepEqual(await counts(), [2, 2, 3], "token requests");
      t.assert.ok(requests.every((request) => sentRefresh(request) === t.canaries.refreshToken), "always the same refresh token");
    },
  },
  {
    name: "T27 a refresh answered 503 is neither repeated nor replaced by the password",
    platform: "threatq",
    rules: ["T27", "R3"],
    serve: firstThen((x) => (x.nth === 2 ? x.json([503, 500, 429, 408][x.variant], {}, { "Retry-After": "0" }) : x.token())),
    freshConnections: true,
    async run(t) {
      for (const row of [0, 1, 2, 3]) {
        const client = await expired(t, { auth: "password", baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 5 } });
        await t.refused(client.token(), { code: row === 2 ? "rate_limited" : "token_server_error" });
        await t.refused(client.token(), { code: "auth_cooldown" });
        t.clock.advance(MINUTE);
        await client.token();
        const requests = (await t.server.tokenRequests()).filter(({ variant }) => variant === row);
        t.assert.deepEqual(requests.map(({ grant }) => grant), ["password", "refresh_token", "refresh_token"], "grants");
        t.assert.equal(sentRefresh(requests[1]), sentRefresh(requests[2]), "refresh token kept");
      }
    },
  },
  {
    name: "T28 a client adopts the token that another one has stored meanwhile",
    rules: ["T28", "L6"],
    async run(t) {
      const tokenStore = new MemoryStore();
      const [first, second] = [await t.client({ tokenStore }), await t.client({ tokenStore })];
      await first.token();
      await second.token();
      await t.server.saw({ token: 1 });
      await t.server.revoke();
      await t.get(first);
      await t.server.saw({ token: 2, api: 2 });
      t.assert.equal((await t.get(second)).status, 200, "status");
      await t.server.saw({ token: 2, api: 4 });
    },
  },
  {
    name: "T28 the record of the token just rejected is not adopted",
    rules: ["T28"],
    async run(t) {
      const tokenStore = new MemoryStore();
      const client = await t.client({ tokenStore });
      await client.token();
      await t.server.revoke();
      t.assert.equal((await t.get(client)).status, 200, "status");
      await t.server.saw({ token: 2, api: 2 });
    },
  },
  {
    name: "T28 after invalid_grant a newer refresh token in the store is used",
    platform: "threatq",
    rules: ["T28", "T24"],
    state: () => ({ current: null }),
    serve(x) {
      if (!x.isToken) return x.honest();
      const sent = x.query.get("refresh_token");
      if (x.state.current !== null && sent !== x.state.current) return x.oauthError("invalid_grant");
      x.state.current = x.mint("refresh");
      x.token({ refresh_token: x.state.current, expires_in: 60 });
    },
    async run(t) {
      const shared = new MemoryStore();
      // The second client looks too early: before its own first request it finds nothing.
      const get = async (key) => ((await t.server.tokenRequests()).length < 2 ? null : shared.get(key));
      const late = { get, set: (key, value) => shared.set(key, value), delete: (key) => shared.delete(key) };
      const first = await t.client({ auth: "refresh", tokenStore: shared });
      const second = await t.client({ auth: "refresh", tokenStore: late });
      await first.token();
      t.clock.advance(MINUTE);
      t.assert.ok(await second.token(), "token by the stored refresh token");
      const sent = (await t.server.tokenRequests()).map(sentRefresh);
      t.assert.deepEqual(sent.slice(0, 2), [t.canaries.refreshToken, t.canaries.refreshToken], "first two sendings");
      t.assert.ok(sent.length === 3 && sent[2] !== t.canaries.refreshToken, "third sending is the newer one");
    },
  },
  {
    name: "T29 with a lock two clients cost one token request",
    rules: ["T29", "T28"],
    async serve(x) {
      if (x.isToken) await x.later(20);
      x.honest();
    },
    async run(t) {
      const tokenStore = new MemoryStore({ lock: true });
      const clients = await parallel(5, () => t.client({ tokenStore }));
      const tokens = await Promise.all(clients.map((client) => client.token()));
      t.assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 1, "different tokens");
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "T29 a lock that throws or rejects is done without",
    rules: ["T29", "E17"],
    async run(t) {
      const locks = [() => { throw new Error(t.canaries.password); }, () => Promise.reject(t.canaries.password)];
      for (const lock of locks) {
        const client = await t.client({ tokenStore: Object.assign(new MemoryStore(), { lock }) });
        t.assert.ok(await client.token(), "token");
      }
      await t.server.saw({ token: 2 });
      t.assert.ok(t.events.filter(({ type }) => type === "storage_failed").length >= 2, "storage_failed events");
    },
  },
  {
    name: "T29 a lock that never starts is given up after five seconds, and its late grant does nothing",
    rules: ["T29"],
    async run(t) {
      const [asked, grant] = [deferred(), deferred()];
      const lock = async (key, run) => {
        asked.resolve();
        await grant.promise;
        return run();
      };
      const client = await t.client({ tokenStore: Object.assign(new MemoryStore(), { lock }) });
      const token = client.token();
      await asked.promise;
      await t.timers.begun(5 * SECOND);
      await t.server.saw({ token: 0 });
      await t.timers.elapse(5 * SECOND);
      t.assert.ok(await token, "token without the lock");
      await t.server.saw({ token: 1 });
      grant.resolve();
      await t.timers.wait(10);
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "T30 an expired refresh token is not sent",
    platform: "threatq",
    rules: ["T30"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh"), refresh_expires_in: 1800 }) : x.honest(); },
    async run(t) {
      const client = await expired(t, { auth: "password" });
      await client.token();
      t.assert.deepEqual((await t.server.tokenRequests()).map(({ grant }) => grant), ["password", "password"], "grants");
    },
  },
  {
    name: "T30 a refresh token that has not expired is sent",
    platform: "threatq",
    rules: ["T30"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh"), refresh_expires_in: "86400" }) : x.honest(); },
    async run(t) {
      const client = await expired(t, { auth: "password" });
      await client.token();
      t.assert.deepEqual((await t.server.tokenRequests()).map(({ grant }) => grant), ["password", "refresh_token"], "grants");
    },
  },
  {
    name: "T23 two clients with one refresh token and a lock never send it twice",
    platform: "threatq",
    rules: ["T23", "T29", "T28"],
    state: () => ({ used: [], twice: 0 }),
    async serve(x) {
      if (!x.isToken) return x.honest();
      const sent = x.query.get("refresh_token");
      if (x.state.used.includes(sent)) x.state.twice += 1;
      x.state.used.push(sent);
      await x.later(5);
      x.token({ refresh_token: x.mint("refresh"), expires_in: 600 });
    },
    async run(t) {
      const tokenStore = new MemoryStore({ lock: true });
      const clients = await parallel(3, () => t.client({ auth: "refresh", tokenStore }));
      for (let round = 0; round < 5; round += 1) {
        t.assert.deepEqual(await outcomes(clients.flatMap((client) => [client.token(), t.get(client)])), Array(6).fill("ok"), "outcomes");
        t.clock.advance(600 * SECOND);
      }
      const sent = (await t.server.tokenRequests()).map(sentRefresh);
      t.assert.equal(new Set(sent).size, sent.length, "refresh tokens sent once each");
      t.assert.equal(sent.length, 5, "renewals");
    },
  },
];
