// What may be configured, and what bad input leads to: always an error of ours with the right code, never a trap,
// never a hang, never a secret in the text.

import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";

import { entry, packaged } from "../support/project.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

const PASSWORD = "Wr0ng-Pass&Phrase=\"ü";
const MIB = 1024 * 1024;

let ioc;
let sandbox;
before(async () => {
  ioc = await import(entry());
  sandbox = await startSandbox();
});
after(() => sandbox?.stop());

const withPassword = (more = {}) => threatqConfig(sandbox, { auth: { grant: "password", email: sandbox.threatq.email, password: PASSWORD, clientId: sandbox.threatq.clientId, ...more.auth }, retry: { maxRetries: 0 }, ...more.config });

/** The error that `promise` ends with, by rejection or in a report; checked for shape and for the password. */
async function errorOf(promise) {
  const error = await promise.then((value) => value?.error ?? null, (reason) => reason);
  assert.ok(error instanceof ioc.LookupError, `a LookupError, not ${inspect(error)}`);
  const texts = [String(error), error.stack, JSON.stringify(error), inspect(error, { depth: 20, showHidden: true })].join(" ");
  for (const secret of [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(PASSWORD).toString("base64"), JSON.stringify(PASSWORD).slice(1, -1)]) assert.ok(!texts.includes(secret), "no secret in the error");
  return error;
}

describe("a connection that does not work", () => {
  test("a wrong base URL is token_request_rejected", async () => {
    const client = await ioc.createClient(withPassword({ config: { baseUrl: `${sandbox.threatq.baseUrl}/elsewhere` } }));
    const error = await errorOf(client.token());
    assert.deepEqual([error.code, error.status, error.category], ["token_request_rejected", 404, "auth"]);
  });

  test("an unreachable host is network", async () => {
    const error = await errorOf((await ioc.createClient(withPassword({ config: { baseUrl: "http://127.0.0.1:9" } }))).token());
    assert.deepEqual([error.code, error.retryable, error.category], ["network", true, "transport"]);
  });

  test("a wrong password is token_grant_rejected, and is not sent again", async () => {
    const client = await ioc.createClient(withPassword());
    await sandbox.requests();
    const error = await errorOf(client.token());
    assert.deepEqual([error.code, error.status, error.oauthError], ["token_grant_rejected", 400, "invalid_grant"]);
    assert.equal((await errorOf(client.token())).code, "auth_cooldown");
    assert.equal((await errorOf(client.lookup("bad.example"))).code, "auth_cooldown");
    assert.equal((await sandbox.requests()).length, 1);
    client.close();
  });

  test("a wrong client id or secret is token_client_rejected", async () => {
    for (const config of [withPassword({ auth: { clientId: "0".repeat(32) } }), threatqConfig(sandbox, { auth: { grant: "client_credentials", clientId: sandbox.threatq.privateClientId, clientSecret: PASSWORD } })]) {
      assert.equal((await errorOf((await ioc.createClient(config)).token())).code, "token_client_rejected");
    }
  });

  test("a refusal in the platform's own words only is told apart as far as they allow", async () => {
    const terse = await startSandbox("--threatq-set", "error_style=errors");
    const config = threatqConfig(terse, { auth: { grant: "password", email: terse.threatq.email, password: PASSWORD, clientId: terse.threatq.clientId } });
    const error = await errorOf((await ioc.createClient(config)).token());
    assert.deepEqual([error.code, error.oauthErrorDescription], ["token_grant_rejected", "Wrong e-mail or password."]);
    await terse.stop();
  });

  test("HTML instead of JSON is token_response_invalid, or response_invalid", async () => {
    const answers = { "/api/token": "<!doctype html><title>Log in</title>" };
    const server = http.createServer((request, response) => response.writeHead(200, { "Content-Type": "text/html" }).end(answers[new URL(request.url, "http://x").pathname] ?? "<html>"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const baseUrl = `http://127.0.0.1:${server.address().port}`;
      const error = await errorOf((await ioc.createClient(withPassword({ config: { baseUrl } }))).token());
      assert.deepEqual([error.code, error.reason, error.status], ["token_response_invalid", "not_json", 200]);
      const client = await ioc.createClient(withPassword({ auth: { grant: undefined, accessToken: "abc" }, config: { baseUrl, auth: { accessToken: "abc" } } }));
      assert.equal((await errorOf(client.lookup("bad.example"))).code, "response_invalid");
      assert.equal((await errorOf(client.indicators.list({ limit: 1 }))).code, "response_invalid");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("values that are no indicator", () => {
  const values = {
    "an empty value": "",
    "white space": " \t\n",
    "10 MB": "a".repeat(10 * MIB),
    "10 MB of dots": ".".repeat(10 * MIB),
    "control characters": "\u0000\u0001\u0002\u001b[31m\u007f",
  };
  for (const [label, value] of Object.entries(values)) {
    test(`${label}: indicator_invalid, without a request`, async () => {
      const client = await ioc.createClient(threatqConfig(sandbox));
      await sandbox.requests();
      const began = performance.now();
      const error = await errorOf(client.lookup(value));
      assert.deepEqual([error.code, error.category, error.retryable], ["indicator_invalid", "input", false]);
      assert.ok(error.message.length < 500, "the value is not in the message");
      assert.ok(performance.now() - began < 2_000, "and it is found out soon");
      assert.deepEqual(await sandbox.requests(), []);
      client.close();
    });
  }

  test("a value of the wrong type is an error of ours", async () => {
    const client = await ioc.createClient(threatqConfig(sandbox));
    for (const value of [undefined, null, 7, {}, Symbol("x"), () => {}, 10n]) {
      const error = await errorOf(client.lookup(value));
      assert.ok(["indicator_invalid", "config_invalid"].includes(error.code), `${String(value)}: ${error.code}`);
    }
    client.close();
  });

  test("one bad value among good ones does not spoil them", async () => {
    const client = await ioc.createClient(threatqConfig(sandbox));
    const outcome = await client.lookup(["bad.example", "", "example.com"]).catch((error) => error);
    if (outcome instanceof ioc.LookupError) assert.equal(outcome.code, "indicator_invalid");
    else assert.deepEqual(outcome.map(({ found, error }) => [found, error?.code ?? null]), [[true, null], [false, "indicator_invalid"], [true, null]]);
    client.close();
  });
});

describe("createClient", () => {
  const auth = { grant: "client_credentials", clientId: "id", clientSecret: "geheim-geheim" };
  const good = { platform: "threatq", baseUrl: "https://tq.example", auth };
  const rows = [
    ["no configuration", undefined, "config_invalid"],
    ["an unknown platform", { ...good, platform: "misp" }, "config_invalid"],
    ["no base URL", { ...good, baseUrl: undefined }, "config_invalid"],
    ["a relative base URL", { ...good, baseUrl: "tq.example" }, "config_invalid"],
    ["a base URL with user info", { ...good, baseUrl: "https://a:geheim-geheim@tq.example" }, "config_invalid"],
    ["a base URL with a query", { ...good, baseUrl: "https://tq.example/?a=1" }, "config_invalid"],
    ["http", { ...good, baseUrl: "http://tq.example" }, "insecure_url"],
    ["http, loopback, not asked for", { ...good, baseUrl: "http://127.0.0.1" }, "insecure_url"],
    ["http, not loopback, asked for", { ...good, baseUrl: "http://10.0.0.1", allowInsecureLoopback: true }, "insecure_url"],
    ["no auth", { ...good, auth: undefined }, "config_invalid"],
    ["an unknown grant", { ...good, auth: { ...auth, grant: "implicit" } }, "config_invalid"],
    ["an empty client id", { ...good, auth: { ...auth, clientId: "" } }, "config_invalid"],
    ["a client id with a colon", { ...good, auth: { ...auth, clientId: "a:b" } }, "config_invalid"],
    ["no client secret", { ...good, auth: { ...auth, clientSecret: undefined } }, "config_invalid"],
    ["a client secret with a line break", { ...good, auth: { ...auth, clientSecret: "geheim-geheim\n" } }, "config_invalid"],
    ["an access token with a space", { ...good, auth: { accessToken: "geheim geheim" } }, "config_invalid"],
    ["an unknown API type", { ...good, apiType: "gamma" }, "config_invalid"],
    ["a fetch that is none", { ...good, fetch: 7 }, "config_invalid"],
    ["a store that is none", { ...good, tokenStore: {} }, "config_invalid"],
    ["a clock that gives NaN", { ...good, now: () => NaN }, "config_invalid"],
    ["a negative timeout", { ...good, timeouts: { totalMs: -1 } }, "config_invalid"],
    ["a negative number of retries", { ...good, retry: { maxRetries: -1 } }, "config_invalid"],
    ["no places on the wire", { ...good, limits: { concurrency: 0 } }, "config_invalid"],
  ];
  for (const [label, config, code] of rows) {
    test(`${label}: ${code}`, async () => {
      const error = await errorOf(ioc.createClient(config));
      assert.deepEqual([error.code, error.category, error.retryable], [code, "config", false]);
      if (code === "config_invalid") assert.ok(typeof error.reason === "string" && error.reason.length > 0, "reason names the option");
      assert.ok(!JSON.stringify(error).includes("geheim"), "the value is not in the error");
    });
  }

  test("sends nothing", async () => {
    const sent = [];
    const client = await ioc.createClient({ ...good, fetch: (...values) => sent.push(values) });
    assert.deepEqual([client.platform, client.name, sent.length], ["threatq", "threatq", 0]);
    client.close();
  });

  test("the name is the caller's", async () => {
    assert.equal((await ioc.createClient({ ...good, name: "Berlin" })).name, "Berlin");
  });

  test("platform and name cannot be changed", async () => {
    "use strict";
    const client = await ioc.createClient(good);
    assert.throws(() => { client.platform = "qradar"; }, TypeError);
    assert.equal(client.platform, "threatq");
  });
});

describe("errors", () => {
  test("E1 an error travels as JSON and is still known", async () => {
    const error = await errorOf((await ioc.createClient(withPassword())).token());
    const copy = JSON.parse(JSON.stringify(error));
    assert.ok(ioc.isLookupError(copy));
    assert.deepEqual(copy, error.toJSON());
    assert.equal(copy.name, "LookupError");
    for (const field of ["code", "category", "retryable", "message"]) assert.ok(field in copy, field);
  });

  test("E1 an error of a second copy of the package is known", async () => {
    const second = await import(`${pathToFileURL(packaged("errors.js"))}?second`);
    const [code, category] = ["network", "transport"];
    const foreign = new second.LookupError({ code, category, retryable: true, message: "x" });
    assert.ok(!(foreign instanceof ioc.LookupError));
    assert.ok(ioc.isLookupError(foreign));
  });

  test("S9 a client shows no secret, however it is inspected", async () => {
    const client = await ioc.createClient(threatqConfig(sandbox, { auth: "password" }));
    const { accessToken } = await client.token();
    const texts = [inspect(client, { depth: 20, showHidden: true, getters: true }), JSON.stringify(client), String(client)].join(" ");
    for (const secret of [sandbox.threatq.password, accessToken]) assert.ok(!texts.includes(secret));
    client.close();
  });
});
