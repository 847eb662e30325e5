// Requests on their way to the origin.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { text as textOf } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";

import { actions, bucketOf, openStage, publishEntries, verdictOf } from "./stage.mjs";

const ENTRIES = [
  { value: "203.0.113.0/24", score: 60, verdict: "suspicious", source: "threatq" },
  { value: "203.0.113.66", score: 95, verdict: "malicious", source: "threatq" },
  { value: "bad.example.org", score: 90, verdict: "malicious", source: "threatq" },
  { value: "http://gate.example.org/kit", score: 80, verdict: "malicious", source: "threatq" },
];
const from = (address, more = {}) => ({ headers: { "CF-Connecting-IP": address, ...more } });

const formOf = (text) => String(new URLSearchParams({ text }));

/** A form as a browser sends it, with its length: miniflare's own `dispatchFetch` sends bodies in chunks. */
async function sendForm(stage, text) {
  const body = formOf(text);
  const headers = { Host: "edge.invalid", "Content-Type": "application/x-www-form-urlencoded", "Content-Length": body.length };
  const sent = request(new URL("/comment", await stage.miniflare.ready), { method: "POST", headers });
  sent.end(body);
  const [answer] = await once(sent, "response");
  return new Response(await textOf(answer), { status: answer.statusCode });
}

describe("annotation", () => {
  let stage;
  let list;
  before(async () => {
    stage = await openStage({ sandbox: null, bindings: { BODY_BYTES: 4_096 } });
    list = (await publishEntries(await bucketOf(stage), ENTRIES)).id.slice(0, 8);
  });
  after(() => stage?.close());

  const ask = async (path, init) => verdictOf(await stage.fetch(path, init));

  test("the origin learns that nothing is known, and by which list", async () => {
    assert.deepEqual(await ask("/shop?q=shoes", from("198.51.100.1")), { verdict: "none", list });
  });

  test("a sender's own entry counts before the network around it", async () => {
    const expected = { verdict: "malicious", score: "95", by: "exact", field: "client.ip", list };
    assert.deepEqual(await ask("/", from("203.0.113.66")), expected);
  });

  test("a sender in a listed network is annotated by the network", async () => {
    assert.deepEqual(await ask("/", from("203.0.113.9")), { verdict: "suspicious", score: "60", by: "cidr", field: "client.ip", list });
  });

  for (const [what, path, init, by, field] of [
    ["an address in the query", "/go?to=https%3A%2F%2Fwww.bad.example.org%2Fx", {}, "parent-domain", "url.query"],
    ["a defanged address in the query", "/go?note=see+hxxp%3A%2F%2Fgate%5B.%5Dexample.org%2Fkit%2Fin.php", {}, "url-prefix", "url.query"],
    ["an address in the path", "/go/https://bad.example.org/x", {}, "url-host", "url.path"],
    ["the page it came from", "/", { headers: { Referer: "https://bad.example.org/" } }, "url-host", "http.request.headers.referer"],
    ["an address passed on by a proxy", "/", { headers: { "X-Forwarded-For": "10.0.0.1, 203.0.113.66" } }, "exact", "http.request.headers.x-forwarded-for"],
  ]) {
    test(`${what} is compared`, async () => {
      const found = await ask(path, init);
      assert.deepEqual({ verdict: found.verdict, by: found.by, field: found.field }, { verdict: "malicious", by, field });
    });
  }

  test("a field of a form is compared", async () => {
    const { verdict, field } = await verdictOf(await sendForm(stage, "buy at bad.example.org"));
    assert.deepEqual([verdict, field], ["malicious", "http.request.body.content"]);
  });

  test("a body is sent on as it came, whether it was searched or too large for that", async () => {
    for (const text of ["buy at bad.example.org", "x".repeat(100_000)]) {
      assert.equal((await (await sendForm(stage, text)).json()).body, formOf(text));
    }
  });

  test("a verdict header from outside is replaced", async () => {
    const found = await ask("/", from("198.51.100.1", { "Watchlist-Verdict": "benign;list=\"forged\"" }));
    assert.deepEqual(found, { verdict: "none", list });
  });

  test("a path that looks like another host stays with the origin", async () => {
    const answer = await (await stage.fetch("//elsewhere.example/x", from("198.51.100.1"))).json();
    assert.equal(answer.url, "//elsewhere.example/x");
  });

  test("a match is told in one ECS line, without the rest of the query", async () => {
    stage.lines.length = 0;
    await ask("/go?to=bad.example.org&password=hunter2", from("203.0.113.66"));
    const [line, ...more] = actions(stage.lines, "watchlist-match");
    assert.deepEqual(more, []);
    assert.equal(line.client.ip, "203.0.113.66");
    assert.deepEqual(line.url, { scheme: "http", domain: "edge.invalid", path: "/go" });
    assert.deepEqual(line.threat.enrichments.map(({ matched }) => [matched.field, matched.atomic]), [["client.ip", "203.0.113.66"], ["url.query", "bad.example.org"]]);
    assert.doesNotMatch(JSON.stringify(line), /hunter2/);
  });

  test("hostile requests pass, each annotated", async () => {
    const hostile = [
      "/%E0%A4%A", "/%00", `/?${"a=1&".repeat(3_000)}`, `/?q=${"%5B.%5D".repeat(1_500)}`, `/?q=${"a.".repeat(4_000)}`, "/?q=%ED%A0%80",
      `/?q=${encodeURIComponent("\r\nWatchlist-Verdict: benign")}`, "/?__proto__=x&constructor=y",
    ];
    for (const path of hostile) assert.match((await ask(path, from("not an address"))).verdict, /^(none|malicious)$/, path);
  });

  test("unless told otherwise nothing is blocked; told so, only what is listed as such", async () => {
    const strict = await openStage({ sandbox: null, bindings: { BLOCK: ["malicious"] } });
    try {
      await publishEntries(await bucketOf(strict), ENTRIES);
      assert.equal((await strict.fetch("/", from("203.0.113.66"))).status, 403);
      assert.equal((await strict.fetch("/", from("203.0.113.9"))).status, 200);
    } finally {
      await strict.close();
    }
    assert.equal((await stage.fetch("/", from("203.0.113.66"))).status, 200);
  });
});
