// T31 to T38: what exactly goes over the wire, and what may be configured.

import { HOUR, stubFetch, stubToken } from "./support.mjs";

const utf8Basic = (id, secret) => `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${id}:${secret}`)))}`;

/** Header names that the runtime adds, or that every request has. */
const BY_THE_RUNTIME = /^(host|connection|accept-encoding|accept-language|content-length|origin|referer|sec-.*|priority|pragma|cache-control|te|cf-.*|mf-.*|transfer-encoding|dnt|upgrade-insecure-requests)$/;

const setByUs = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !BY_THE_RUNTIME.test(name)).sort());

const ODD_CLIENT_ID = "id ü&=+%/~.*'()!";
const ODD_CLIENT_ID_IN_QUERY = "id%20%C3%BC%26%3D%2B%25%2F~.%2A%27%28%29%21";

const BROWSERS_OWN = "nobody may set User-Agent there: the browser's own stands in it";

/** A lone surrogate is no text (T34). */
const LONE = "\ud800";

/** `[label, change of the auth object]`; each must be refused before any request. */
const bad = (auth) => ({
  password: ["", undefined, null, 42, `a${LONE}`],
  email: ["", undefined, null, 42, `a${LONE}@b.example`, "a\nb@c.example", "a\u0000@b.example", "a\u007f@b.example"],
  clientId: ["", undefined, null, 42, `a${LONE}`, "a\nb", "a\u0000b"],
  clientSecret: ["", undefined, null, 42, `a${LONE}`, "a\nb", "a\u0000b"],
  refreshToken: ["", undefined, null, 42, `a${LONE}`],
  secToken: ["", undefined, null, 42, "with space", "line\nbreak", "umlaut-ä", "a".repeat(16_385), `a${LONE}`],
  accessToken: ["", undefined, null, 42, "with space", "tab\t", "line\nbreak", "nul\u0000", "umlaut-ä", "a".repeat(16_385), `a${LONE}`],
}[auth]);

export default [
  {
    name: "T31 the password request, standard: one JSON body, members in order",
    platform: "threatq",
    rules: ["T31", "T33", "T35", "T34"],
    async run(t) {
      const client = await t.client({ auth: { ...t.dialect.auth.password(), username: "never", scope: "never", extra: "never" } });
      await client.token();
      const [request] = await t.server.tokenRequests();
      const { email, clientId } = t.identity;
      t.assert.includes(request, { method: "POST", target: "/api/token" }, "request");
      t.assert.equal(request.text, JSON.stringify({ grant_type: "password", email, password: t.canaries.password, client_id: clientId }), "body");
      t.assert.equal(request.headers["content-type"], "application/json", "content-type");
      t.assert.equal(request.headers.authorization, undefined, "authorization");
    },
  },
  {
    name: "T31 the password request, beta: grant and client id in the query",
    platform: "threatq",
    rules: ["T31", "T33"],
    async run(t) {
      const client = await t.client({ apiType: "beta", auth: { ...t.dialect.auth.password(), clientId: ODD_CLIENT_ID } });
      await client.token();
      const [request] = await t.server.tokenRequests();
      t.assert.equal(request.target, `/api/token?grant_type=password&client_id=${ODD_CLIENT_ID_IN_QUERY}`, "target");
      t.assert.equal(request.text, JSON.stringify({ email: t.identity.email, password: t.canaries.password }), "body");
      t.assert.equal(request.headers.authorization, undefined, "authorization");
    },
  },
  {
    name: "T31 client_credentials: a form and Basic, whatever the API type",
    platform: "threatq",
    rules: ["T31", "T32", "T33"],
    async run(t) {
      for (const apiType of ["standard", "beta"]) {
        const client = await t.client({ apiType });
        await client.token();
        const request = (await t.server.tokenRequests()).at(-1);
        t.assert.includes(request, { method: "POST", target: "/api/token", text: "grant_type=client_credentials" }, "request");
        t.assert.match(request.headers["content-type"], /^application\/x-www-form-urlencoded(;charset=utf-8)?$/i, "content-type");
        t.assert.equal(request.headers.authorization, utf8Basic(t.identity.clientId, t.canaries.clientSecret), "authorization");
      }
    },
  },
  {
    name: "T31 refresh: everything in the query, one way of authentication",
    platform: "threatq",
    rules: ["T31", "T33", "T35", "S6"],
    serve(x) { return x.isToken ? x.token({ access_token: x.state.access ??= x.mint("access") }) : x.honest(); },
    async run(t) {
      const refresh = { grant: "refresh_token", refreshToken: t.canaries.refreshToken };
      const { clientId } = t.identity;
      const value = "Zh8%2BkQ%2F2vB%3D%3Dw7Rt~5yN1cXp%26%3DLd";
      const rows = [
        [refresh, "", () => undefined],
        [{ ...refresh, clientId }, `&client_id=${clientId}`, () => undefined],
        [{ ...refresh, clientId, clientSecret: t.canaries.clientSecret }, "", () => utf8Basic(clientId, t.canaries.clientSecret)],
      ];
      for (const [auth, suffix, authorization] of rows) {
        const client = await t.client({ auth });
        await client.token();
        const request = (await t.server.tokenRequests()).at(-1);
        t.assert.equal(request.target, `/api/token?grant_type=refresh_token&refresh_token=${value}${suffix}`, "target");
        t.assert.includes(request, { method: "POST", text: "" }, "request");
        t.assert.equal(request.headers["content-type"], undefined, "content-type");
        t.assert.equal(request.headers.authorization, authorization(), "authorization");
      }
    },
  },
  {
    name: "T31 a renewal without client secret carries the last access token",
    platform: "threatq",
    rules: ["T31"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      const client = await t.client({ auth: "password" });
      const { accessToken } = await client.token();
      t.clock.advance(HOUR);
      await client.token();
      const [, renewal] = await t.server.tokenRequests();
      t.assert.equal(renewal.headers.authorization, `Bearer ${accessToken}`, "authorization");
      t.assert.equal(new URLSearchParams(renewal.search).get("client_id"), t.identity.clientId, "client_id");
    },
  },
  {
    name: "T32 Basic is the raw UTF-8 of id and secret, and a colon in the id is refused",
    platform: "threatq",
    rules: ["T32"],
    async run(t) {
      const clientSecret = await t.server.mint("secret:with%colon+ü ");
      const client = await t.client({ auth: { grant: "client_credentials", clientId: "id +%ü", clientSecret: `${clientSecret}:+ü ` } });
      await client.token();
      const [request] = await t.server.tokenRequests();
      t.assert.equal(request.headers.authorization, utf8Basic("id +%ü", `${clientSecret}:+ü `), "authorization");
      await t.refused(t.ioc.createClient(t.config({ auth: { grant: "client_credentials", clientId: "a:b", clientSecret } })), { code: "config_invalid" });
    },
  },
  {
    name: "T34 empty, missing, lone-surrogate and control-character values are config_invalid",
    rules: ["T34", "E5", "S5"],
    async run(t) {
      const { auth, members: grants } = t.dialect;
      for (const [grant, members] of Object.entries(grants)) {
        for (const member of members) {
          for (const value of bad(member)) {
            const what = `${grant}.${member} = ${JSON.stringify(value)?.slice(0, 40)}`;
            const error = await t.refused(t.ioc.createClient(t.config({ auth: { ...auth[grant](), [member]: value } })), { code: "config_invalid", category: "config", retryable: false }, what);
            t.assert.ok(typeof error.reason === "string" && error.reason.length > 0, `${what}: reason names the option`);
          }
        }
      }
      await t.server.saw({ token: 0, api: 0 });
    },
  },
  {
    name: "T34 a password may hold anything else",
    platform: "threatq",
    rules: ["T34", "T33"],
    async run(t) {
      for (const password of ["\u0000\u0001\n\t\u007f", " ", "☂\u{1F512}", "\"\\/", "x".repeat(2_000)]) {
        const client = await t.client({ auth: { ...t.dialect.auth.password(), password } });
        await client.token();
        const request = (await t.server.tokenRequests()).at(-1);
        t.assert.equal(JSON.parse(request.text).password, password, "password on the wire");
      }
    },
  },
  {
    name: "T35 the headers of each request are these and no others",
    rules: ["T35", "T37", "H2"],
    expect: { page: BROWSERS_OWN, extension: BROWSERS_OWN },
    async run(t) {
      const client = await t.client();
      const { accessToken } = await client.token();
      await t.get(client);
      await client.request("/api/indicators/query", { method: "POST", json: { criteria: {} }, idempotent: true });
      await client.request("/api/form", { method: "POST", form: { a: "ü b&c", d: "" } });
      const [token, get, post, form] = await t.server.log();
      const common = { accept: "application/json", "user-agent": t.browser ? get.headers["user-agent"] : `ioc-lookup/${t.ioc.version}` };
      const bearer = { authorization: `Bearer ${accessToken}` };
      t.assert.deepEqual(Object.keys(setByUs(token.headers)), t.dialect.tokenHeaders, "token request's headers");
      t.assert.deepEqual(setByUs(get.headers), { ...common, ...bearer }, "GET's headers");
      t.assert.deepEqual({ ...setByUs(post.headers) }, { accept: common.accept, ...bearer, "content-type": "application/json", "user-agent": common["user-agent"] }, "POST's headers");
      t.assert.equal(post.text, "{\"criteria\":{}}", "JSON body");
      t.assert.equal(form.text, "a=%C3%BC+b%26c&d=", "form body");
      for (const { headers } of [token, get, post, form]) t.assert.equal(headers.cookie ?? headers.referer, undefined, "cookie, referer");
    },
  },
  {
    name: "T37 the scheme is Bearer, also where the server says bearer or BEARER",
    rules: ["T37", "T46"],
    serve(x) { return x.isToken ? x.token({ token_type: ["bearer", "BEARER", "Bearer"][x.variant] }) : x.page(); },
    async run(t) {
      for (const row of [0, 1, 2]) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}` });
        const { accessToken, tokenType } = await client.token();
        t.assert.equal(tokenType, "Bearer", "tokenType");
        await t.get(client);
        t.assert.equal((await t.server.apiRequests()).at(-1).headers.authorization, `Bearer ${accessToken}`, "authorization");
        t.assert.equal((await client.authorize()).get("authorization"), `Bearer ${accessToken}`, "authorize()");
      }
    },
  },
  {
    name: "T37 authorize copies, replaces the authorization, and leaves the rest",
    rules: ["T37"],
    async run(t) {
      const client = await t.client();
      const given = new Headers({ Authorization: "Basic old", "X-Mine": "kept" });
      const headers = await client.authorize(given);
      const { accessToken } = await client.token();
      t.assert.ok(headers instanceof Headers && headers !== given, "a new Headers");
      t.assert.equal(headers.get("authorization"), `Bearer ${accessToken}`, "authorization");
      t.assert.equal(headers.get("x-mine"), "kept", "other header");
      t.assert.equal(given.get("authorization"), "Basic old", "the caller's own object");
      t.assert.equal((await client.authorize({ "X-A": "1" })).get("x-a"), "1", "plain object");
      t.assert.equal((await client.authorize([["X-A", "2"]])).get("x-a"), "2", "pairs");
    },
  },
  {
    name: "T38 a base URL may end in a slash or in /api, and keeps its prefix",
    platform: "threatq",
    rules: ["T38"],
    async run(t) {
      for (const [suffix, prefix] of [["", ""], ["/", ""], ["/api", ""], ["/api/", ""], ["/tq", "/tq"], ["/tq/", "/tq"], ["/tq/api", "/tq"], ["/tq/api/", "/tq"]]) {
        const client = await t.client({ baseUrl: `${t.base}${suffix}` });
        await t.get(client);
        const log = await t.server.log();
        t.assert.deepEqual(log.slice(-2).map(({ target }) => target), [`${prefix}/api/token`, `${prefix}/api/indicators`], `targets for ${suffix || "no suffix"}`);
      }
    },
  },
  {
    name: "T31 members that the contract does not name never reach the wire",
    rules: ["T31"],
    async run(t) {
      const fetch = stubFetch(() => stubToken());
      const client = await t.client({ fetch, auth: { ...t.dialect.auth.client(), scope: "x1", audience: "x2", headers: { "X-Extra": "x3" }, resource: "x4" } });
      await client.token();
      const [{ url, init, headers }] = fetch.calls;
      const sent = `${url} ${init.body} ${[...headers].join(" ")}`;
      for (const extra of ["x1", "x2", "x3", "x4"]) t.assert.ok(!sent.includes(extra), `${extra} is not sent`);
    },
  },
];
