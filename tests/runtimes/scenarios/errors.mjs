// E1 to E22: which failure has which name, and what an error shows.

import { HOUR, MINUTE, deferred, json, stubApi, stubFetch } from "./support.mjs";

const CATEGORIES = {
  config: ["config_invalid", "insecure_url", "browser_secret", "origin_not_allowed", "client_closed", "not_initialised", "wasm_load_failed"],
  auth: ["token_client_rejected", "token_grant_rejected", "token_request_rejected", "reauth_required", "auth_cooldown", "auth_loop", "unauthorized", "forbidden"],
  protocol: ["token_response_invalid", "token_response_too_large", "response_invalid", "response_too_large", "redirect_blocked", "graphql_error"],
  rate: ["rate_limited"],
  server: ["token_server_error", "server_error"],
  request: ["not_found", "request_rejected"],
  transport: ["network", "timeout"],
  control: ["aborted"],
  input: ["indicator_invalid", "snapshot_invalid", "aql_invalid"],
  internal: ["internal"],
};
const categoryOf = (code) => Object.keys(CATEGORIES).find((category) => CATEGORIES[category].includes(code));

/** Token answers: `[grant, status, body, headers, expected]`. */
const TOKEN_ERRORS = [
  ["client", 400, { error: "invalid_client" }, {}, { code: "token_client_rejected", oauthError: "invalid_client" }],
  ["client", 401, { error: "invalid_client", error_description: "Unknown client." }, {}, { code: "token_client_rejected", oauthErrorDescription: "Unknown client." }],
  ["client", 400, { error: "unauthorized_client" }, {}, { code: "token_client_rejected" }],
  ["client", 403, { error: "access_denied" }, {}, { code: "token_client_rejected" }],
  ["client", 401, {}, {}, { code: "token_client_rejected" }],
  ["client", 401, "<html>Log in</html>", { "Content-Type": "text/html" }, { code: "token_client_rejected", oauthErrorDescription: undefined }],
  ["password", 400, { error: "invalid_grant" }, {}, { code: "token_grant_rejected", oauthError: "invalid_grant" }],
  ["password", 400, { error: "invalid_credentials" }, {}, { code: "token_grant_rejected" }],
  ["password", 400, { errors: ["Wrong e-mail or password."] }, {}, { code: "token_grant_rejected", oauthErrorDescription: "Wrong e-mail or password." }],
  ["password", 401, {}, {}, { code: "token_grant_rejected" }],
  ["password", 400, "<html>no</html>", {}, { code: "token_grant_rejected", oauthErrorDescription: undefined }],
  ["password", 400, { error: "invalid_client" }, {}, { code: "token_client_rejected" }],
  ["password", 400, { error: "invalid_request" }, {}, { code: "token_request_rejected" }],
  ["client", 400, { error: "unsupported_grant_type", error_uri: "https://evil.example" }, {}, { code: "token_request_rejected", oauthError: "unsupported_grant_type" }],
  ["client", 400, { error: "invalid_scope" }, {}, { code: "token_request_rejected" }],
  ["client", 403, { http_response: { code: 403 }, code: 26, message: "No permission." }, {}, { code: "token_request_rejected", oauthErrorDescription: "No permission." }],
  ["client", 404, {}, {}, { code: "token_request_rejected" }],
  ["client", 405, {}, {}, { code: "token_request_rejected" }],
  ["client", 429, {}, {}, { code: "rate_limited", retryable: true }],
  ["client", 408, {}, {}, { code: "token_server_error", retryable: true }],
  ["client", 425, {}, {}, { code: "token_server_error", retryable: true }],
  ["client", 500, { error: ["Internal."] }, {}, { code: "token_server_error", retryable: true }],
  ["client", 501, {}, {}, { code: "token_server_error", retryable: false }],
  ["client", 505, {}, {}, { code: "token_server_error", retryable: false }],
  ["client", 503, "<html>Maintenance</html>", {}, { code: "token_server_error", retryable: true }],
];

/** `[body, headers, oauthErrorDescription]` of a 400. */
const DESCRIPTIONS = [
  [{ error: "x", error_description: "First.", message: "second", errors: ["third"] }, "First."],
  [{ error: "x", message: "QRadar's words." }, "QRadar's words."],
  [{ error: "x", errors: ["One.", ["Two.", "Three."]] }, (text) => text?.includes("One.") && text.includes("Two.") && text.includes("Three.")],
  [{ data: { errors: { type: ["Unknown indicator type."] } } }, (text) => text === undefined || text.includes("Unknown indicator type.")],
  [{ error: ["Array.", "Second."] }, (text) => text?.includes("Array.")],
  [{ error: "x", error_description: 42 }, undefined],
  [{ error: "x", error_description: { a: 1 } }, undefined],
  [{ error: "x", error_description: "" }, (text) => text === undefined || text === ""],
  [{ error: "x", error_description: `a\u0007b\u001b[31mred\u001b[0m\u007f\u0085c\r\nd` }, "abredcd"],
  [{ error: "x", error_description: "y".repeat(2_000) }, "y".repeat(500)],
];

export default [
  {
    name: "E10 E11 each refusal of a token request has its code",
    rules: ["E10", "E11", "E20", "T36"],
    freshConnections: true,
    serve(x) {
      const [, status, body, headers] = TOKEN_ERRORS[x.variant];
      return typeof body === "string" ? x.bytes(status, body, headers) : x.json(status, body, headers);
    },
    async run(t) {
      for (const [row, [auth, status, body, , expected]] of TOKEN_ERRORS.entries()) {
        if (!t.dialect.auth[auth]) continue;
        const client = await t.client({ auth, baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } });
        await t.refused(client.token(), { status, platform: t.dialect.platform, attempts: 1, category: categoryOf(expected.code), retryable: false, ...expected }, `${auth} ${status} ${JSON.stringify(body)}`);
      }
    },
  },
  {
    name: "E13 E14 E15 each refusal of an API request has its code",
    rules: ["E13", "E14", "E15", "E20"],
    serve(x) {
      if (x.isToken) return x.token();
      return x.json(Number(x.path.slice(-3)), { errors: ["No."] });
    },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0 } });
      const rows = { 400: "request_rejected", 403: "forbidden", 404: "not_found", 409: "request_rejected", 418: "request_rejected", 422: "request_rejected", 429: "rate_limited", 500: "server_error", 501: "server_error", 505: "server_error", 599: "server_error" };
      for (const [status, code] of Object.entries(rows)) {
        const retryable = ["429", "500", "599"].includes(status);
        await t.refused(client.request(`/api/${status}`), { code, status: Number(status), category: categoryOf(code), retryable }, status);
      }
    },
  },
  {
    name: "E15 promised JSON that is none is response_invalid",
    platform: "threatq",
    rules: ["E15"],
    serve(x) {
      if (x.isToken) return x.token();
      return x.bytes(200, ["<html>Log in</html>", "", "{\"total\":1,\"data\":[", "[]", "null", "{\"total\":\"x\",\"data\":7}"][x.variant], { "Content-Type": "text/html" });
    },
    async run(t) {
      for (let row = 0; row < 6; row += 1) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } });
        await t.refused(client.indicators.list({ limit: 1 }), { code: "response_invalid", category: "protocol", status: 200, retryable: false }, `row ${row}`);
        t.assert.equal((await t.lookupError(client, "bad.example")).code, "response_invalid", `row ${row}: lookup's error`);
      }
    },
  },
  {
    name: "E15 errors in a 2xx are request_rejected",
    platform: "threatq",
    rules: ["E14"],
    serve(x) { return x.isToken ? x.token() : x.json(200, { errors: ["Bad query.", ["more"]] }); },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 0 } });
      await t.refused(client.indicators.query({}), { code: "request_rejected", status: 200 });
    },
  },
  {
    name: "E19 the server's own words stand in oauthErrorDescription only, cleaned and cut",
    rules: ["E19", "E2", "S11"],
    serve: (x) => (DESCRIPTIONS[x.variant] ? x.json(400, DESCRIPTIONS[x.variant][0]) : x.json(400, { error: `bad\u0001\nid${"x".repeat(300)}` })),
    async run(t) {
      for (const [row, [body, description]] of DESCRIPTIONS.entries()) {
        const error = await t.refused((await t.client({ baseUrl: `${t.base}/v${row}` })).token(), { oauthErrorDescription: description }, JSON.stringify(body).slice(0, 60));
        const words = typeof description === "string" ? description : "no such words";
        t.assert.ok(words === "" || !error.message.includes(words.slice(0, 20)), `row ${row}: message holds none of them`);
      }
      const error = await t.refused((await t.client({ baseUrl: `${t.base}/v${DESCRIPTIONS.length}` })).token(), { code: "token_request_rejected" });
      t.assert.ok(error.oauthError === undefined || (/^[\x20-\x7e]{0,100}$/.test(error.oauthError)), "oauthError is short and printable");
    },
  },
  {
    name: "E19 a challenge does not hide the body that comes with it",
    rules: ["E19", "E11"],
    serve: (x) => x.json(401, { error: "invalid_client", error_description: "Told in the body." }, { "WWW-Authenticate": "Basic realm=\"x\"" }),
    async run(t) {
      await t.refused((await t.client()).token(), { code: "token_client_rejected", oauthErrorDescription: "Told in the body." });
    },
  },
  {
    name: "E2 the message is ours: the same for any text of the server",
    rules: ["E2"],
    serve: (x) => x.json(500, { error: `words ${x.variant}`, error_description: `words ${x.variant}`, message: `words ${x.variant}` }),
    async run(t) {
      const messages = new Set();
      for (const row of [0, 1, 2]) messages.add((await t.refused((await t.client({ baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } })).token())).message);
      t.assert.equal(messages.size, 1, "different messages");
      t.assert.ok(!messages.has(undefined) && ![...messages][0].includes("words"), "no server text");
    },
  },
  {
    name: "E1 toJSON gives the set fields and no others, and isLookupError knows copies from impostors",
    rules: ["E1", "E20"],
    async run(t) {
      const error = await t.refused((await t.client({ fetch: stubFetch(() => json({ error: "invalid_client" }, 401)) })).token());
      t.assert.deepEqual(Object.keys(error.toJSON()).sort(), ["attempts", "category", "code", "message", "name", "oauthError", "platform", "retryable", "status"].sort(), "fields");
      t.assert.ok(error instanceof Error, "an Error");
      t.assert.equal(JSON.stringify(error), JSON.stringify(error.toJSON()), "JSON");
      const { isLookupError } = t.ioc;
      for (const impostor of [undefined, null, 7, "LookupError", {}, new Error("x"), { name: "LookupError" }, { name: "LookupError", code: "nonsense" }, []]) t.assert.equal(isLookupError(impostor), false, `isLookupError(${JSON.stringify(impostor)})`);
    },
  },
  {
    name: "E3 E4 cause is the caller's own reason, and attempts counts what was sent",
    rules: ["E3", "E4"],
    async run(t) {
      const held = deferred();
      const reason = { code: 42 };
      const controller = new AbortController();
      const fetch = stubApi(() => { held.resolve(); return new Promise(() => {}); });
      const client = await t.client({ fetch });
      const call = t.refused(t.get(client, { signal: controller.signal }), { code: "aborted", status: undefined });
      await held.promise;
      controller.abort(reason);
      t.assert.equal((await call).cause, reason, "cause");
      const failing = await t.client({ fetch: stubApi((url, init, nth) => json({}, nth === 4 ? 404 : 503)) });
      await t.refused(t.get(failing), { code: "not_found", attempts: 3 });
    },
  },
  {
    name: "E5 options of the wrong kind are config_invalid, with the name of the option",
    rules: ["E5", "E6"],
    async run(t) {
      const rows = [
        { platform: undefined }, { platform: "nonsense" }, { platform: "THREATQ" }, { platform: 7 }, { platform: "__proto__" }, { platform: "constructor" },
        { auth: undefined }, { auth: null }, { auth: "password" }, { auth: {} }, { auth: [] }, { auth: { grant: "implicit" } }, { auth: { grant: "toString" } },
        { fetch: "fetch" }, { fetch: {} }, { now: 7 }, { sleep: "x" }, { random: {} }, { onEvent: "x" },
        { now: () => NaN }, { now: () => "2026" }, { now: () => Infinity }, { now: () => undefined }, { now: () => { throw new Error("x"); } }, { now: () => 10n },
        { tokenStore: {} }, { tokenStore: "x" }, { tokenStore: { get() {}, set() {} } }, { tokenStore: { get() {}, set() {}, delete() {}, lock: 7 } },
        { timeouts: { tokenMs: -1 } }, { timeouts: { requestMs: NaN } }, { timeouts: { totalMs: "x" } }, { timeouts: { totalMs: 0 } }, { timeouts: 7 },
        { retry: { maxRetries: -1 } }, { retry: { maxRetries: 1.5 } }, { retry: { baseMs: NaN } }, { retry: { maxMs: -5 } }, { retry: "x" },
        { limits: { tokenBytes: -1 } }, { limits: { responseBytes: NaN } }, { limits: { concurrency: 0 } }, { limits: { concurrency: 1.5 } },
        { name: 7 }, ...t.dialect.badOptions,
      ];
      for (const row of rows) {
        const error = await t.refused(t.ioc.createClient({ ...t.config(), ...row }), { code: "config_invalid", category: "config", retryable: false, attempts: (n) => n === undefined || n === 0 }, JSON.stringify(row, (key, value) => (typeof value === "function" ? `${value}` : typeof value === "bigint" ? "bigint" : value)));
        t.assert.ok(typeof error.reason === "string" && error.reason !== "", "reason names the option");
      }
      for (const nothing of [undefined, null, 7, "x", []]) await t.refused(t.ioc.createClient(nothing), { code: "config_invalid" }, JSON.stringify(nothing));
      await t.server.saw({ token: 0, api: 0 });
    },
  },
  {
    name: "E5 a clock that turns hostile later is config_invalid, and heals",
    rules: ["E5", "L13"],
    async run(t) {
      let now = () => t.clock.now();
      const client = await t.client({ now: () => now() });
      await client.token();
      for (const hostile of [() => NaN, () => "x", () => { throw new Error(t.canaries.password); }, () => ({ valueOf: () => 1 }), () => -Infinity]) {
        now = hostile;
        await t.refused(client.token(), { code: "config_invalid", reason: "now" });
        await t.refused(t.get(client), { code: "config_invalid" });
      }
      now = () => t.clock.now();
      t.assert.equal((await t.get(client)).status, 200, "status");
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "E6 after close every call is client_closed",
    rules: ["E6", "L7"],
    async run(t) {
      const client = await t.client();
      await client.token();
      client.close();
      client.close();
      const calls = [() => client.token(), () => t.get(client), () => client.authorize(), () => client.check(), () => client.lookup("203.0.113.9"), ...t.dialect.calls(client, undefined), () => client.forgetToken()];
      for (const call of calls) await t.refused(call(), { code: "client_closed", category: "config", retryable: false }, String(call));
      await t.server.saw({ token: 1, api: 0 });
    },
  },
  {
    name: "E12 a cool-down names its cause, in lookups too",
    rules: ["E12"],
    serve: (x) => x.oauthError("invalid_client", 401),
    async run(t) {
      const client = await t.client();
      await t.refused(client.token(), { code: "token_client_rejected" });
      t.assert.includes(await t.lookupError(client, "203.0.113.9"), { code: "auth_cooldown", reason: "token_client_rejected" }, "lookup's error");
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "E21 check names the wrong setting",
    platform: "threatq",
    rules: ["E21"],
    freshConnections: true,
    serve(x) {
      const answers = [
        () => x.honest(),
        () => (x.isToken ? x.json(400, { error: "invalid_client" }) : x.json(404, {})),
        () => (x.isToken ? x.json(400, { error: "invalid_grant" }) : x.json(404, {})),
        () => x.json(404, {}),
        () => x.bytes(200, "<html>", { "Content-Type": "text/html" }),
        () => x.drop(),
        () => (x.isToken ? x.token() : x.json(403, {})),
        () => (x.isToken ? (x.query.get("grant_type") ? x.token() : x.json(400, { error: "invalid_request" })) : x.honest()),
      ];
      return answers[x.variant]();
    },
    async run(t) {
      const rows = [
        ["password", null, null],
        ["password", "clientId", "token_client_rejected"],
        ["password", "credentials", "token_grant_rejected"],
        ["password", "baseUrl", null],
        ["password", "baseUrl", null],
        ["password", "reachable", "network"],
        ["client", "permissions", "forbidden"],
        ["password", "apiType", "token_request_rejected"],
      ];
      for (const [row, [auth, failing, code]] of rows.entries()) {
        const client = await t.client({ auth, baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } });
        const check = await client.check();
        t.seen.push(check);
        const failed = check.steps.filter(({ status }) => status === "failed");
        if (failing === null) {
          t.assert.equal(failed.length, 0, `row ${row}: failed steps ${JSON.stringify(failed)}`);
          t.assert.ok(check.ok, `row ${row}: ok`);
          continue;
        }
        t.assert.deepEqual(failed.map(({ step }) => step), [failing], `row ${row}: failed step`);
        if (code) t.assert.equal(failed[0].code, code, `row ${row}: code`);
        t.assert.ok(typeof failed[0].advice === "string" && failed[0].advice.length > 10, `row ${row}: advice`);
        const after = check.steps.slice(check.steps.indexOf(failed[0]) + 1);
        t.assert.ok(after.every(({ status }) => status === "skipped"), `row ${row}: later steps are skipped`);
        t.assert.between((await t.server.tokenRequests()).filter(({ variant }) => variant === row).length, 0, 2, `row ${row}: logins`);
        t.assert.equal(check.ok, false, `row ${row}: ok`);
      }
    },
  },
  {
    name: "E21 check rejects only when it is aborted or the client is closed",
    rules: ["E21"],
    serve: (x) => x.hold("never"),
    async run(t) {
      const client = await t.client();
      const controller = new AbortController();
      const call = t.refused(client.check({ signal: controller.signal }), { code: "aborted" });
      await t.timers.wait(20);
      controller.abort();
      await call;
      const brief = await client.check({ timeoutMs: 100 });
      t.assert.equal(brief.ok, false, "ok");
    },
  },
  {
    name: "E22 a waiter whose deadline ends before the flight gets timeout and total",
    rules: ["E22", "E8"],
    serve(x) { return x.isToken ? x.hold("token") : x.page(); },
    async run(t) {
      const client = await t.client({ timeouts: { tokenMs: 300, requestMs: 1_000, totalMs: 2_000 }, retry: { maxRetries: 0 } });
      const flight = t.refused(client.token(), { code: "timeout", reason: "headers" });
      await t.refused(client.token({ timeoutMs: 60 }), { code: "timeout", reason: "total", retryable: true });
      await flight;
      await t.server.saw({ token: 1 });
    },
  },
  {
    name: "E1 every public function rejects with ours, whatever it is given",
    rules: ["E1", "E18"],
    async run(t) {
      const client = await t.client({ fetch: stubApi(() => json({ total: 0, data: [] })), retry: { maxRetries: 0 } });
      const hostile = [Symbol("x"), 10n, () => {}, new Proxy({}, { get() { throw new Error("no"); }, ownKeys() { throw new Error("no"); } }), Object.create(null), NaN, new Date(NaN)];
      const calls = (value) => [
        () => client.token(value), () => client.authorize(value), () => client.request("/api/x", value), () => client.request("/api/x", { json: value }), () => client.request("/api/x", { query: { a: value } }),
        () => client.request("/api/x", { signal: value }), () => client.request("/api/x", { timeoutMs: value }), () => client.request("/api/x", { method: value }), () => client.request("/api/x", { headers: value }),
        () => client.lookup(value), () => client.lookup([value]), ...t.dialect.calls(client, value), () => client.check(value), () => t.ioc.createClient(value),
      ];
      for (const [nth, value] of hostile.entries()) {
        for (const call of calls(value)) {
          const outcome = await Promise.resolve().then(call).then(() => null, (error) => error);
          if (outcome === null) continue;
          t.seen.push(outcome);
          t.assert.ok(t.ioc.isLookupError(outcome), `${call} with hostile value ${nth} rejects with ${String(outcome?.name)} ${String(outcome?.message)}`);
          t.assert.ok(outcome.code !== "internal", `${call} with hostile value ${nth} is not internal`);
        }
      }
      t.assert.equal((await t.get(client)).status, 200, "status afterwards");
    },
  },
  {
    name: "E9 a token answer in the wrong protocol is not retried, and backs off",
    rules: ["E9", "R3"],
    serve: (x) => x.bytes(200, "<html>"),
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 5 } });
      await t.refused(client.token(), { code: "token_response_invalid", attempts: 1 });
      t.clock.advance(HOUR);
      await t.refused(client.token(), { code: "token_response_invalid" });
      t.clock.advance(MINUTE);
      await t.server.saw({ token: 2 });
    },
  },
];
