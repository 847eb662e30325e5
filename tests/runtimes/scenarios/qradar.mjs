// T31 to T38, T47 and S6 as QRadar has them: a token service at an address of its own, and service tokens.

import { HOUR, MINUTE, SECOND } from "./support.mjs";

const ODD_CLIENT_ID = "id ü&=+%/~.*'()!";

const grant = (t, changes) => ({ ...t.dialect.auth.client(), clientId: ODD_CLIENT_ID, tokenUrl: `${t.base}/service/token`, ...changes });

export default [
  {
    name: "T31 QRadar's token request: three members in order, in the query by GET or as a form by POST, and no other credentials",
    platform: "qradar",
    rules: ["T31", "T33", "T35", "S6"],
    async run(t) {
      const query = "grant_type=client_credentials&client_id=id%20%C3%BC%26%3D%2B%25%2F~.%2A%27%28%29%21&client_secret=jS3%26r%2B%2F%3D%25%3C%22kJ8wQz4%27Lm0Yx%C3%A9";
      const form = "grant_type=client_credentials&client_id=id+%C3%BC%26%3D%2B%25%2F%7E.*%27%28%29%21&client_secret=jS3%26r%2B%2F%3D%25%3C%22kJ8wQz4%27Lm0Yx%C3%A9";
      const rows = [[undefined, "GET", `?${query}`, ""], ["GET", "GET", `?${query}`, ""], ["POST", "POST", "", form]];
      for (const [method, sent, search, text] of rows) {
        const client = await t.client({ auth: grant(t, { method, scope: "never", audience: "never" }) });
        await client.token();
        const request = (await t.server.tokenRequests()).at(-1);
        t.assert.includes(request, { method: sent, target: `/service/token${search}`, text }, `${method}: request`);
        t.assert.equal(request.headers.authorization ?? request.headers.sec, undefined, `${method}: other credentials`);
        t.assert.equal(request.headers["content-type"]?.split(";")[0], text ? "application/x-www-form-urlencoded" : undefined, `${method}: content-type`);
      }
    },
  },
  {
    name: "T37 a service token goes as SEC, and as nothing else",
    platform: "qradar",
    rules: ["T37", "T19", "H15"],
    serve: (x) => x.page(),
    async run(t) {
      const { secToken } = t.canaries;
      const client = await t.client({ auth: { secToken } });
      t.assert.includes(await client.token(), { accessToken: secToken, tokenType: "SEC", expiresAt: null, assumedLifetime: false }, "token");
      await t.get(client, { headers: { Authorization: "Basic x", sec: "y" } });
      const [request] = await t.server.apiRequests();
      t.assert.includes(request.headers, { sec: secToken, authorization: undefined }, "headers");
      t.assert.equal((await client.authorize({ "X-Mine": "kept" })).get("sec"), secToken, "authorize()");
      await t.server.saw({ token: 0, api: 1 });
    },
  },
  {
    name: "T37 a service token that is refused is never renewed, and its third refusal in a row pauses the client",
    platform: "qradar",
    rules: ["T19", "T37", "E13"],
    state: () => ({ deny: true }),
    serve: (x) => (x.state.deny ? x.json(401, { http_response: { code: 401 }, code: 18, message: "No SEC header present in request." }) : x.page()),
    async run(t) {
      const client = await t.client({ auth: { secToken: t.canaries.secToken } });
      for (let refusal = 1; refusal <= 3; refusal += 1) await t.refused(t.get(client), { code: "unauthorized", status: 401, attempts: 1, retryable: false });
      await t.refused(t.get(client), { code: "auth_cooldown", reason: "unauthorized", attempts: 0 });
      await t.server.saw({ token: 0, api: 3 });
      await t.server.set({ deny: false });
      t.clock.advance(MINUTE);
      t.assert.equal((await t.get(client)).status, 200, "status after a minute");
    },
  },
  {
    name: "T38 QRadar's base URL may end in a slash or in /api; the token address is taken to the letter",
    platform: "qradar",
    rules: ["T38", "T1"],
    async run(t) {
      for (const [suffix, prefix] of [["", ""], ["/", ""], ["/api", ""], ["/qr/api/", "/qr"]]) {
        for (const address of ["/token", "/qoauth//token"]) {
          const client = await t.client({ baseUrl: `${t.base}${suffix}`, auth: grant(t, { tokenUrl: `${t.base}${address}`, method: "POST" }) });
          await t.get(client);
          const log = await t.server.log();
          t.assert.deepEqual(log.slice(-2).map(({ target }) => target), [address, `${prefix}${t.dialect.apiPath}`], `targets for ${suffix || "no suffix"}`);
        }
      }
    },
  },
  {
    name: "T47 QRadar's tokens name no lifetime: five minutes are assumed, and a refusal renews",
    platform: "qradar",
    rules: ["T47", "T8", "T21"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      const client = await t.client();
      const first = await client.token();
      t.assert.includes(first, { assumedLifetime: true, expiresAt: null, tokenType: "Bearer", scope: "ADMIN" }, "token");
      t.clock.advance(MINUTE);
      t.assert.equal((await client.token()).accessToken, first.accessToken, "token after a minute");
      await t.server.saw({ token: 1 });
      await t.server.revoke();
      t.assert.equal((await t.get(client)).status, 200, "status after the renewal");
      await t.server.saw({ token: 2, api: 2 });
      t.clock.advance(5 * MINUTE - 30 * SECOND);
      await client.token();
      await t.server.saw({ token: 3 });
      t.assert.ok((await t.server.tokenRequests()).every(({ grant: named }) => named === "client_credentials"), "grants");
    },
  },
  {
    name: "S6 a client secret in a URL is in no error, no event and no referrer",
    platform: "qradar",
    rules: ["S6", "S9", "H3"],
    freshConnections: true,
    serve(x) {
      const sent = `${x.target} ${x.text}`;
      return [() => x.drop(), () => x.json(500, { message: sent }), () => x.json(404, { message: sent }), () => x.empty(302, { Location: x.target }), () => x.bytes(200, sent), () => x.hold("never"), () => x.json(401, { error: sent, error_description: sent })][x.variant]();
    },
    async run(t) {
      for (let row = 0; row < 7; row += 1) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } });
        const call = t.refused(client.token());
        if (row === 5) {
          await t.server.waitFor("token", 1, row);
          await t.timers.elapse(t.timeouts.tokenMs);
        }
        await call;
        t.clock.advance(HOUR);
      }
      t.assert.ok((await t.server.log()).every(({ headers }) => headers.referer === undefined), "no referer");
    },
  },
  {
    name: "E11 a token service that refuses without a word blames the client",
    platform: "qradar",
    rules: ["E11", "E10", "E9"],
    serve(x) {
      return [() => x.json(400, {}), () => x.empty(401), () => x.json(403, { http_response: { code: 403 }, code: 26, message: "No capability." }), () => x.empty(429), () => x.bytes(503, "<html>"), () => x.empty(302, { Location: "/x" }), () => x.json(200, { token_type: "Bearer" })][x.variant]();
    },
    async run(t) {
      const rows = [
        { code: "token_client_rejected", status: 400 }, { code: "token_client_rejected", status: 401 }, { code: "token_request_rejected", status: 403, oauthErrorDescription: "No capability." },
        { code: "rate_limited", status: 429 }, { code: "token_server_error", status: 503 }, { code: "redirect_blocked" }, { code: "token_response_invalid", reason: "access_token" },
      ];
      for (const [row, expected] of rows.entries()) {
        await t.refused((await t.client({ baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } })).token(), { platform: "qradar", attempts: 1, ...expected }, `row ${row}`);
      }
    },
  },
];
