// Tokens against the sandbox: every grant, in every shape that the platform takes.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { entry } from "../support/project.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

const HOUR = 3_600_000;

let ioc;
let sandbox;
before(async () => {
  ioc = await import(entry());
  sandbox = await startSandbox();
});
after(() => sandbox.stop());

const isToken = ({ path }) => path === "/api/token";

test("T3 a thousand callers of token() at once cost one token request", async () => {
  const client = await ioc.createClient(threatqConfig(sandbox));
  await sandbox.requests();
  const tokens = await Promise.all(Array.from({ length: 1_000 }, () => client.token()));
  assert.equal(new Set(tokens.map(({ accessToken }) => accessToken)).size, 1);
  assert.equal((await sandbox.requests()).filter(isToken).length, 1);
  client.close();
});

for (const auth of ["password", "client"]) {
  for (const apiType of ["standard", "beta"]) {
    test(`the ${auth} grant, API type ${apiType}, gets a token that the API takes`, async () => {
      const client = await ioc.createClient(threatqConfig(sandbox, { auth, apiType }));
      const token = await client.token();
      assert.equal(token.tokenType, "Bearer");
      assert.equal(token.assumedLifetime, false);
      assert.ok(Date.parse(token.expiresAt) > Date.now() + HOUR / 2);
      assert.equal((await client.request("/api/indicators", { query: { limit: 1 } })).status, 200);
      client.close();
    });
  }
}

test("an installation that takes one shape only says so, and the other shape works", async () => {
  for (const [shape, other] of [["standard", "beta"], ["beta", "standard"]]) {
    const strict = await startSandbox("--threatq-set", `token_shapes=${shape}`);
    try {
      const right = await ioc.createClient(threatqConfig(strict, { auth: "password", apiType: shape }));
      assert.ok(await right.token());
      const wrong = await ioc.createClient(threatqConfig(strict, { auth: "password", apiType: other }));
      await assert.rejects(wrong.token(), { name: "LookupError", code: "token_request_rejected", status: 400 });
      right.close();
      wrong.close();
    } finally {
      await strict.stop();
    }
  }
});

test("T21 T22 a password login is renewed by refresh tokens that rotate", async () => {
  let now = Date.now();
  const client = await ioc.createClient(threatqConfig(sandbox, { auth: "password", now: () => now }));
  await sandbox.requests();
  for (let round = 0; round < 6; round += 1) {
    assert.equal((await client.request("/api/indicators", { query: { limit: 1 } })).status, 200);
    now += 2 * HOUR;
  }
  const tokens = (await sandbox.requests()).filter(isToken);
  assert.deepEqual(tokens.map(({ query, status }) => [query.includes("refresh_token"), status]), [[false, 200], ...Array(5).fill([true, 200])]);
  client.close();
});

test("a refresh token from elsewhere is enough, and is renewed as well", async () => {
  const answer = await fetch(`${sandbox.threatq.baseUrl}/api/token`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ grant_type: "password", email: sandbox.threatq.email, password: sandbox.threatq.password, client_id: sandbox.threatq.clientId }),
  });
  const { refresh_token: refreshToken } = await answer.json();
  let now = Date.now();
  const client = await ioc.createClient(threatqConfig(sandbox, { auth: { grant: "refresh_token", refreshToken, clientId: sandbox.threatq.clientId }, now: () => now }));
  assert.equal((await client.request("/api/indicators", { query: { limit: 1 } })).status, 200);
  now += 2 * HOUR;
  assert.equal((await client.request("/api/indicators", { query: { limit: 1 } })).status, 200);
  client.close();
});

test("a token from elsewhere is used as it is", async () => {
  const first = await ioc.createClient(threatqConfig(sandbox));
  const { accessToken } = await first.token();
  const client = await ioc.createClient(threatqConfig(sandbox, { auth: { accessToken } }));
  assert.equal((await client.request("/api/indicators", { query: { limit: 1 } })).status, 200);
  const stranger = await ioc.createClient(threatqConfig(sandbox, { auth: { accessToken: "unknown-to-the-sandbox" } }));
  await assert.rejects(stranger.request("/api/indicators"), { code: "unauthorized", status: 401 });
  for (const each of [first, client, stranger]) each.close();
});

test("T6 T8 a token that the server no longer knows costs one renewal and one replay, not an error", async () => {
  let spoilt = 0;
  const spoilOnce = (url, init) => {
    if (new URL(url).pathname === "/api/token" || spoilt > 0) return fetch(url, init);
    spoilt += 1;
    const headers = new Headers(init.headers);
    headers.set("Authorization", "Bearer unknown-to-the-sandbox");
    return fetch(url, { ...init, headers });
  };
  const client = await ioc.createClient(threatqConfig(sandbox, { fetch: spoilOnce }));
  await sandbox.requests();
  assert.equal((await client.request("/api/indicators", { query: { limit: 1 } })).status, 200);
  const log = await sandbox.requests();
  assert.deepEqual(log.map(({ path, status }) => [path, status]), [["/api/token", 200], ["/api/indicators", 401], ["/api/token", 200], ["/api/indicators", 200]]);
  client.close();
});

test("authorize adds Bearer with a capital letter to the caller's own headers", async () => {
  const client = await ioc.createClient(threatqConfig(sandbox));
  const headers = await client.authorize({ "X-Mine": "kept" });
  assert.match(headers.get("authorization"), /^Bearer \S+$/);
  assert.equal(headers.get("x-mine"), "kept");
  const answer = await fetch(`${sandbox.threatq.baseUrl}/api/indicators?limit=1`, { headers });
  assert.equal(answer.status, 200);
  client.close();
});
