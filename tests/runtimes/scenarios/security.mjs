// S1 to S15: where secrets may go, and that they are nowhere else.

import { HOUR, MemoryStore, json, stubApi, stubFetch } from "./support.mjs";
import { Secrets, encodings } from "../sweep.mjs";

const BAD_URLS = [
  "", " ", "tq.example", "/api", "//tq.example", "ftp://tq.example", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", "https:///", "https://user@tq.example", "https://user:Vq7pass5mN2p@tq.example",
  "https://tq.example?x=1", "https://tq.example/#x", "https://tq.example:99999", "https://[::1", "https://a\u0000b", undefined, null, 7, {},
];

const PLAIN_ALLOWED = ["http://localhost", "http://LOCALHOST:8801", "http://127.0.0.1", "http://127.1.2.3:80", "http://127.1", "http://0x7f.1", "http://2130706433", "http://[::1]:8801"];
const PLAIN_REFUSED = ["http://localhost.", "http://localhost.example", "http://sub.localhost", "http://127.0.0.1.example", "http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]", "http://128.0.0.1", "http://0.0.0.0", "http://[::]", "http://192.168.0.1", "http://tq.example", "http://10.0.0.1"];

/** What a hostile server may do with a secret that it was sent: one row for each encoding, and ways to hide it in text. */
const echoes = (secret) => [
  ...Object.values(encodings).map((encode) => `You sent ${encode(secret)} to us`),
  `You sent ${secret.slice(3, 14)} to us`,
  `You\u001b[31m sent ${secret.slice(0, 9)}\u001b[0m${secret.slice(9)}\u0007`,
  `${secret.slice(0, 5)}\u0000${secret.slice(5)}`,
  `${secret.slice(0, 6)}\u001b[1m${secret.slice(6)}`,
  `${"x".repeat(490)}${secret}`,
  `${secret}${secret}${secret}`,
];

const NO_PAGE = "no page: nothing to opt in to";
const NO_ENVIRONMENT = "no environment variables there; the console is watched all the same";

export default [
  {
    name: "S1 a page needs allowBrowserSecrets for a password or a client secret",
    rules: ["S1", "E6"],
    expect: { node: NO_PAGE, workerd: NO_PAGE, extension: NO_PAGE },
    async run(t) {
      const { auth } = t.dialect;
      const rows = [[auth.client(), true], [auth.supplied(), false]];
      if (auth.password) rows.push([auth.password(), true]);
      if (auth.refresh) rows.push([auth.refresh(), false], [{ ...auth.refresh(), clientId: "id", clientSecret: t.canaries.clientSecret }, true]);
      for (const [grant, secret] of rows) {
        for (const allowBrowserSecrets of [undefined, false]) {
          const creation = t.ioc.createClient(t.config({ auth: grant, allowBrowserSecrets }));
          if (t.page && secret) await t.refused(creation, { code: "browser_secret", category: "config", retryable: false });
          else (await creation).close();
        }
      }
      await t.server.saw({ token: 0, api: 0 });
    },
  },
  {
    name: "S3 a base URL that is none is config_invalid, and is not in the error",
    rules: ["S3", "E5", "S12"],
    async run(t) {
      for (const baseUrl of BAD_URLS) {
        const error = await t.refused(t.ioc.createClient({ ...t.config(), baseUrl }), { code: "config_invalid" }, JSON.stringify(baseUrl));
        t.assert.ok(!JSON.stringify(error).includes("tq.example") && !String(error.stack).includes("user:"), "the value is not in the error");
      }
    },
  },
  {
    name: "S4 http is allowed for loopback alone, and only when asked for",
    rules: ["S4", "E6"],
    async run(t) {
      for (const baseUrl of PLAIN_ALLOWED) {
        (await t.ioc.createClient(t.config({ baseUrl }))).close();
        await t.refused(t.ioc.createClient(t.config({ baseUrl, allowInsecureLoopback: undefined })), { code: "insecure_url", category: "config" }, baseUrl);
        await t.refused(t.ioc.createClient(t.config({ baseUrl, allowInsecureLoopback: "yes" })), { code: (code) => code === "insecure_url" || code === "config_invalid" }, baseUrl);
      }
      for (const baseUrl of PLAIN_REFUSED) await t.refused(t.ioc.createClient(t.config({ baseUrl })), { code: "insecure_url" }, baseUrl);
      for (const baseUrl of ["https://tq.example", "HTTPS://TQ.EXAMPLE/", "https://tq.example:8443/tq/"]) (await t.ioc.createClient(t.config({ baseUrl }))).close();
      await t.server.saw({ token: 0, api: 0 });
    },
  },
  {
    name: "S2 a URL changed behind our back is not fetched",
    rules: ["S2", "H14"],
    async run(t) {
      const fetch = stubApi(() => json({}));
      const query = { toString() { return "//evil.example"; } };
      const client = await t.client({ fetch });
      let reads = 0;
      const init = { get query() { reads += 1; return { a: query }; }, get method() { return reads++ ? "GET" : "GET"; } };
      await client.request("/api/x", init);
      const path = { toString() { return reads++ % 2 ? "//evil.example/" : "/api/x"; } };
      await client.request(path).catch((error) => t.seen.push(error));
      t.assert.ok(fetch.calls.every(({ url }) => new URL(url).origin === t.base), "origins");
    },
  },
  {
    name: "S5 a token that is no header value is caught before any header is built",
    rules: ["S5", "S12", "T34"],
    async run(t) {
      for (const suffix of ["\r\n", "\n", " ", "\u0000", "ü", "☂"]) {
        await t.refused(t.ioc.createClient(t.config({ auth: { accessToken: `${t.canaries.accessToken}${suffix}` } })), { code: "config_invalid" }, JSON.stringify(suffix));
        await t.refused(t.ioc.createClient(t.config({ auth: { grant: "client_credentials", clientId: `id${suffix === " " || suffix === "ü" || suffix === "☂" ? "\n" : suffix}`, clientSecret: t.canaries.clientSecret } })), { code: "config_invalid" }, JSON.stringify(suffix));
      }
    },
  },
  {
    name: "S9 the sweep finds a secret in each encoding, and in a run of eight",
    rules: ["S9"],
    async run(t) {
      const secret = t.canaries.password;
      const secrets = new Secrets().add("password", secret);
      for (const [name, encode] of Object.entries(encodings)) t.assert.ok(secrets.find(`before ${encode(secret)} after`), `finds it ${name}`);
      t.assert.ok(secrets.find(`x${secret.slice(4, 12)}x`), "finds eight characters");
      t.assert.equal(secrets.find(`x${secret.slice(4, 11)}x`), null, "seven are not enough");
      t.assert.ok(new Secrets().add("short", "pin42").find("the pin42 was wrong"), "finds a short one as a whole");
    },
  },
  {
    name: "S11 a server that echoes secrets is masked, in every encoding",
    rules: ["S11", "S9", "E19"],
    serve(x) {
      const echo = echoes(x.run.dialect.secretOf(x))[x.variant % 100];
      const where = [{ error_description: echo }, { message: echo }, { errors: [echo, [echo]] }, { error: echo }][Math.floor(x.variant / 100)];
      return x.json(400, { error: "invalid_request", ...where });
    },
    async run(t) {
      const rows = echoes(t.canaries.password).length;
      for (const [auth, secret] of [["password", t.canaries.password], ["client", t.canaries.clientSecret]]) {
        if (!t.dialect.auth[auth]) continue;
        const secrets = new Secrets().add(auth, secret);
        for (let row = 0; row < rows; row += 1) {
          for (const place of [0, 100, 200, 300]) {
            const error = await t.refused((await t.client({ auth, baseUrl: `${t.base}/v${row + place}` })).token(), { status: 400 });
            const text = `${error.oauthErrorDescription} ${error.oauthError}`;
            t.assert.equal(secrets.find(text), null, `row ${row + place}: secret in ${text}`);
            if (place === 0 && row === 0) t.assert.match(error.oauthErrorDescription, /^You sent \[redacted\]/, "masked text");
          }
        }
      }
    },
  },
  {
    name: "S11 the Basic value, tokens, and former tokens are masked too",
    platform: "threatq",
    rules: ["S11", "S9"],
    state: () => ({ old: [] }),
    serve(x) {
      if (!x.isToken) return x.honest();
      if (x.nth <= 2) {
        const refresh = x.mint("refresh");
        const access = x.token({ refresh_token: refresh, expires_in: 60 });
        x.state.old.push(refresh, access);
        return undefined;
      }
      return x.json(400, { error: "invalid_request", error_description: `Known: ${x.headers.authorization} ${x.headers.authorization?.startsWith("Basic ") ? "" : x.state.old.join(" ")} ${x.search}` });
    },
    async run(t) {
      const client = await t.client({ auth: "password" });
      await client.token();
      t.clock.advance(HOUR);
      await client.token();
      t.clock.advance(HOUR);
      await t.refused(client.token(), { code: (code) => code === "token_request_rejected" || code === "token_grant_rejected" });
      const basic = await t.client({ retry: { maxRetries: 0 } });
      await t.refused(basic.token(), { oauthErrorDescription: (text) => text.includes("[redacted]") });
    },
  },
  {
    name: "S11 a short secret is masked as a whole, and an innocent text is left alone",
    platform: "threatq",
    rules: ["S11"],
    secrets: { short: "Kq7!z" },
    serve: (x) => x.json(400, { error: "invalid_request", error_description: x.variant === 0 ? "The word Kq7!z is wrong, Kq7 is not." : "Nothing to hide here: analyst, client, token, password." }),
    async run(t) {
      const auth = { ...t.dialect.auth.password(), password: "Kq7!z" };
      const masked = await t.refused((await t.client({ auth, baseUrl: `${t.base}/v0` })).token());
      t.assert.equal(masked.oauthErrorDescription, "The word [redacted] is wrong, Kq7 is not.", "description");
      const plain = await t.refused((await t.client({ auth, baseUrl: `${t.base}/v1` })).token());
      t.assert.equal(plain.oauthErrorDescription, "Nothing to hide here: analyst, client, token, password.", "description");
    },
  },
  {
    name: "S9 S12 hostile callbacks that know the secrets cannot carry them into an error",
    rules: ["S9", "S12", "E1", "E3", "E17"],
    async run(t) {
      const { password, clientSecret, accessToken } = t.canaries;
      const poison = () => Object.assign(new Error(`${password} ${clientSecret}`, { cause: new Error(accessToken) }), { code: password, status: clientSecret, config: { headers: { Authorization: accessToken } } });
      const throws = () => { throw poison(); };
      const rejects = () => Promise.reject(poison());
      for (const fail of [throws, rejects]) {
        await t.refused((await t.client({ fetch: stubFetch(fail), retry: { maxRetries: 1 } })).token(), { code: "network" });
        const store = { get: fail, set: fail, delete: fail, lock: fail };
        const stored = await t.client({ fetch: stubApi(() => json({})), tokenStore: store, onEvent: (event) => { t.events.push(event); return fail(); } });
        t.assert.equal((await t.get(stored)).status, 200, "status with failing callbacks");
        await stored.forgetToken();
        const waits = await t.client({ fetch: stubApi(() => json({}, 503)), sleep: fail, random: throws, retry: { maxRetries: 1, baseMs: 1 } });
        await t.refused(t.get(waits), { code: "server_error" });
      }
      const statusText = await t.client({ fetch: stubApi(() => new Response("no", { status: 400, statusText: password.replace(/[^\x20-\x7e]/g, "") })) });
      await t.refused(t.get(statusText), { code: "request_rejected" });
      const broken = await t.client({ fetch: stubApi(() => new Response(new ReadableStream({ start(c) { c.error(poison()); } }))), retry: { maxRetries: 0 } });
      await t.refused(t.get(broken), { code: "network", reason: "body" });
    },
  },
  {
    name: "S8 S9 a client, inspected in any way, shows no secret, before and after its work",
    rules: ["S8", "S9"],
    serve(x) { return x.isToken ? x.token({ refresh_token: x.mint("refresh") }) : x.honest(); },
    async run(t) {
      for (const auth of Object.keys(t.dialect.auth)) {
        const client = await t.client({ auth, tokenStore: undefined });
        t.seen.push(client, Object.entries(client), client.indicators, client.events, client.imports);
        await client.token();
        t.seen.push(client, { ...client });
        await t.get(client).catch((error) => t.seen.push(error));
      }
      const held = await t.client({ auth: t.dialect.primary });
      t.seen.push(held.token, held.request, t.ioc);
    },
  },
  {
    name: "S6 a refresh token in a URL is in no error and no event",
    platform: "threatq",
    rules: ["S6", "S9"],
    freshConnections: true,
    serve(x) {
      return [() => x.drop(), () => x.json(500, { message: x.target }), () => x.json(404, { message: x.target }), () => x.empty(302, { Location: x.target }), () => x.bytes(200, x.target), () => x.hold("never")][x.variant]();
    },
    async run(t) {
      for (let row = 0; row < 6; row += 1) {
        const client = await t.client({ auth: "refresh", baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 } });
        const call = t.refused(client.token());
        // A refresh token that got lost is sent once more (T26).
        for (let silent = 1; silent <= 2 && row === 5; silent += 1) {
          await t.server.waitFor("token", silent, row);
          await t.timers.elapse(t.timeouts.tokenMs);
        }
        await call;
      }
    },
  },
  {
    name: "S7 what a response says about other places is not followed",
    rules: ["S7", "T48"],
    serve(x) {
      if (x.isToken) return x.token({ token_endpoint: x.run.other.origin, api_base: x.run.other.origin, instance_url: x.run.other.origin }, { Link: `<${x.run.other.origin}>; rel=next`, "Set-Cookie": "a=1" });
      return x.json(200, { total: 1_000, data: [], next: x.run.other.origin, links: { next: x.run.other.origin } }, { Link: `<${x.run.other.origin}>; rel=next`, Refresh: `0; url=${x.run.other.origin}` });
    },
    async run(t) {
      const client = await t.client();
      await t.get(client);
      for await (const record of client.indicators?.iterate({ limit: 10 }) ?? []) t.assert.fail(`no record was sent, but ${JSON.stringify(record)} came`);
      t.assert.ok((await t.server.log()).every(({ kind, headers }) => kind !== "elsewhere" && headers.cookie === undefined), "only our origin, no cookie");
    },
  },
  {
    name: "S10 no environment variable makes it talk",
    rules: ["S10"],
    expect: { workerd: NO_ENVIRONMENT, page: NO_ENVIRONMENT, extension: NO_ENVIRONMENT },
    async run(t) {
      const env = globalThis.process?.env;
      if (env && !t.page) Object.assign(env, { DEBUG: "*", NODE_DEBUG: "*", RUST_LOG: "trace", RUST_BACKTRACE: "full", IOC_LOOKUP_DEBUG: "1" });
      const client = await t.client();
      await t.get(client);
      await t.refused(client.request("/api/../x"));
      for (const name of ["DEBUG", "NODE_DEBUG", "RUST_LOG", "RUST_BACKTRACE", "IOC_LOOKUP_DEBUG"]) if (env && !t.page) delete env[name];
    },
  },
  {
    name: "S14 no eval, no Function and no worker is used",
    rules: ["S14"],
    async run(t) {
      const used = [];
      const places = ["eval", "Function", "Worker", "SharedWorker", "importScripts"].filter((name) => name in globalThis);
      const before = Object.fromEntries(places.map((name) => [name, globalThis[name]]));
      for (const name of places) {
        globalThis[name] = new Proxy(before[name], {
          apply(target, self, values) { used.push(name); return Reflect.apply(target, self, values); },
          construct(target, values) { used.push(name); return Reflect.construct(target, values); },
        });
      }
      try {
        const client = await t.client({ tokenStore: new MemoryStore() });
        await t.get(client);
        await client.lookup("203.0.113.9");
        await t.refused(client.request("/api/../x"));
      } finally {
        Object.assign(globalThis, before);
      }
      t.assert.deepEqual(used, [], "used");
    },
  },
];
