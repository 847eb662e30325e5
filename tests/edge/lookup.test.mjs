// /lookup and /events: who may call, and what a hostile call gets.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { generateKeyPair, SignJWT } from "jose";

import { AUTHORIZED, KEY, openStage } from "./stage.mjs";

const asked = (values, headers = AUTHORIZED) => ({
  method: "POST",
  headers: { "Content-Type": "application/json", ...headers },
  body: typeof values === "string" ? values : JSON.stringify({ values }),
});
const signed = async (stage, ...more) => ({ "Cf-Access-Jwt-Assertion": await stage.access.assert("analyst@example.com", ...more) });

/** Status and error code of a refused call, which must hold nothing else of use. */
async function refusal(answer) {
  const text = await answer.text();
  assert.doesNotMatch(text, /127\.0\.0\.1|Bearer |\.js:|stack/i, text);
  const { error } = JSON.parse(text);
  assert.equal(error.name, "LookupError");
  assert.equal(answer.headers.get("Cache-Control"), "no-store");
  return [answer.status, error.code];
}

describe("/lookup", () => {
  let stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage?.close());

  test("a program with a key gets a result for each value, in their order", async () => {
    const answer = await stage.fetch("/lookup", asked(["bad.example", "nobody.example.org"]));
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("Cache-Control"), "no-store");
    const results = await answer.json();
    assert.deepEqual(results.map(({ value, verdict }) => [value, verdict]), [["bad.example", "malicious"], ["nobody.example.org", "unknown"]]);
    assert.equal(results[0].reports[0].error, null);
  });

  test("a person whom Access let in gets the same, by GET as well", async () => {
    const answer = await stage.fetch("/lookup?value=bad%5B.%5Dexample&value=203.0.113.9", { headers: await signed(stage) });
    assert.deepEqual((await answer.json()).map(({ query, verdict }) => [query, verdict]), [["bad[.]example", "malicious"], ["203.0.113.9", "malicious"]]);
  });

  test("whoever cannot prove who they are is refused, and no platform is asked", async () => {
    const { privateKey: foreign } = await generateKeyPair("RS256");
    const secret = new TextEncoder().encode("x".repeat(64));
    const now = Math.floor(Date.now() / 1000);
    const symmetric = await new SignJWT({ iss: stage.access.team, aud: stage.access.audience, iat: now, exp: now + 60 }).setProtectedHeader({ alg: "HS256", kid: "local" }).sign(secret);
    const right = (await signed(stage))["Cf-Access-Jwt-Assertion"];
    const [header, payload, signature] = right.split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none", kid: "local" })).toString("base64url");
    const changed = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(payload, "base64url")), email: "chief@example.com" })).toString("base64url");
    const assertion = (text) => ({ "Cf-Access-Jwt-Assertion": text });
    await stage.sandbox.requests();
    for (const [what, headers] of [
      ["nothing", {}],
      ["a wrong key", { Authorization: `Bearer ${"k".repeat(40)}` }],
      ["the key and more", { Authorization: `Bearer ${KEY}x` }],
      ["the key as Basic", { Authorization: `Basic ${btoa(`tests:${KEY}`)}` }],
      ["the hash of a key", { Authorization: `Bearer ${"0".repeat(64)}` }],
      ["an empty assertion", assertion("")],
      ["no assertion at all", assertion("a.b.c")],
      ["a huge assertion", assertion("a".repeat(20_000))],
      ["an assertion signed by somebody else", await signed(stage, { key: foreign })],
      ["an assertion signed with a shared secret", assertion(symmetric)],
      ["an assertion without signature", assertion(`${none}.${payload}.`)],
      ["an assertion with other claims", assertion(`${header}.${changed}.${signature}`)],
      ["an assertion for another application", await signed(stage, { claims: { aud: ["b".repeat(64)] } })],
      ["an assertion of another team", await signed(stage, { claims: { iss: "https://other.cloudflareaccess.com" } })],
      ["an assertion that has expired", await signed(stage, { claims: { iat: now - 7_200, exp: now - 3_600 } })],
      ["an assertion that never expires", await signed(stage, { claims: { exp: undefined } })],
      ["an assertion with an unknown key id", await signed(stage, { header: { kid: "other" } })],
    ]) {
      const answer = await stage.fetch("/lookup", asked(["bad.example"], headers));
      assert.deepEqual(await refusal(answer), [401, "unauthorized"], what);
      assert.equal((await stage.fetch("/events", asked("[{}]", headers))).status, 401, what);
    }
    assert.deepEqual(await stage.sandbox.requests(), []);
  });

  test("a call that is no question is refused before any platform is asked", async () => {
    await stage.sandbox.requests();
    const values = (count, text = "bad.example") => Array.from({ length: count }, () => text);
    for (const [what, init, expected, path = "/lookup"] of [
      ["no value", asked([]), 400],
      ["too many values", asked(values(101)), 400],
      ["a huge value", asked(["a".repeat(8_193)]), 400],
      ["a value that is no text", asked([{ toString: "bad.example" }]), 400],
      ["half of a character", asked(["bad.example", "\ud800"]), 400],
      ["values that are no list", asked("{\"values\":\"bad.example\"}"), 400],
      ["a list on its own", asked("[\"bad.example\"]"), 400],
      ["null", asked("null"), 400],
      ["JSON cut off", asked("{\"values\":[\"bad.exam"), 400],
      ["nothing", asked(""), 400],
      ["a body that is no UTF-8", { ...asked(""), body: new Uint8Array([0x7b, 0xff, 0xfe]) }, 400],
      ["deep nesting", asked(`{"values":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), 400],
      ["a huge body", asked(values(1, "a".repeat(2 * 1024 * 1024))), 413],
      ["a form of another site", { ...asked(["bad.example"], { ...AUTHORIZED, "Content-Type": "text/plain" }) }, 415],
      ["another method", { method: "PUT", headers: AUTHORIZED }, 405],
      ["a page of another site", asked(["bad.example"], { ...AUTHORIZED, "Sec-Fetch-Site": "cross-site" }), 403],
      ["a query without values", { headers: AUTHORIZED }, 400, "/lookup?values=bad.example"],
    ]) {
      const [status, code] = await refusal(await stage.fetch(path, init));
      assert.equal(status, expected, what);
      assert.equal(code, expected === 403 ? "forbidden" : "request_rejected", what);
    }
    assert.deepEqual(await stage.sandbox.requests(), []);
  });

  test("a body without end is read no further than its limit", async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
        if (sent > 64 * 1024 * 1024) controller.close();
      },
    });
    // Who goes on sending may find the connection closed before the refusal is read.
    const status = await stage.fetch("/lookup", { ...asked(""), body, duplex: "half" }).then((answer) => answer.status, () => 413);
    assert.equal(status, 413);
    assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes were taken`);
  });

  test("values that are no indicators are answered, not refused", async () => {
    const answer = await stage.fetch("/lookup", asked(["not an indicator", "\u0000\r\n", "<script>alert(1)</script>", ""]));
    assert.equal(answer.status, 200);
    assert.deepEqual((await answer.json()).map(({ verdict }) => verdict), Array(4).fill("unknown"));
  });

  test("no answer and no line of the log holds a secret of the platform", async () => {
    const { privateClientSecret, password } = stage.sandbox.threatq;
    const text = await (await stage.fetch("/lookup", asked(["bad.example"]))).text();
    for (const secret of [privateClientSecret, password, KEY]) {
      assert.ok(!text.includes(secret));
      assert.ok(!stage.lines.some((line) => line.includes(secret)));
    }
  });
});

describe("/lookup, when something is wrong", () => {
  const sandboxDown = async (stage) => stage.sandbox.stop();

  test("a platform that is down fails its report, not the call", async () => {
    const stage = await openStage({ bindings: {} });
    try {
      await sandboxDown(stage);
      const answer = await stage.fetch("/lookup", asked(["bad.example"]));
      assert.equal(answer.status, 200);
      const [{ verdict, reports }] = await answer.json();
      assert.deepEqual([verdict, reports[0].error.code], ["unknown", "network"]);
    } finally {
      await stage.close();
    }
  });

  test("a configuration that is wrong is told to the log and not to the caller", async () => {
    for (const PLATFORMS of ["not JSON", "[{\"platform\":\"threatq\",\"baseUrl\":\"https://tq.example.com\",\"auth\":{}}]"]) {
      const stage = await openStage({ sandbox: null, bindings: { PLATFORMS } });
      try {
        assert.deepEqual(await refusal(await stage.fetch("/lookup", asked(["bad.example"]))), [500, "server_error"]);
        assert.ok(stage.lines.some((line) => line.includes("\"error.code\"")));
      } finally {
        await stage.close();
      }
    }
  });

  test("a caller who asks too often is told how long to wait, and others may go on", async () => {
    const change = (options) => ({ ...options, ratelimits: { CALLS: { simple: { limit: 3, period: 60 } } } });
    const stage = await openStage({ change });
    try {
      let refused;
      let answered = 0;
      // A minute may end in between and begin the count anew, but only once.
      for (let call = 0; call < 8 && refused === undefined; call++) {
        const answer = await stage.fetch("/lookup", asked(["bad.example"]));
        if (answer.status === 200) answered += 1;
        else refused = answer;
      }
      assert.ok(answered >= 3 && answered <= 6, `${answered} calls were answered`);
      assert.equal(refused.headers.get("Retry-After"), "60");
      assert.deepEqual(await refusal(refused), [429, "rate_limited"]);
      assert.equal((await stage.fetch("/lookup", asked(["bad.example"], await signed(stage)))).status, 200);
    } finally {
      await stage.close();
    }
  });
});
