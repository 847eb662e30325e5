// Request shapes that no registry has a client for, replayed as they are seen in the field.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startSandbox } from "../package/sandbox.mjs";

let sandbox;
let access;
before(async () => {
  sandbox = await startSandbox();
  access = sandbox.threatq;
});
after(() => sandbox?.stop());

const JSON_TYPE = { "Content-Type": "application/json" };
const basic = () => ({ Authorization: `Basic ${Buffer.from(`${access.privateClientId}:${access.privateClientSecret}`).toString("base64")}` });

async function ask(query, init) {
  const answer = await fetch(`${access.baseUrl}/api/token${query}`, { method: "POST", ...init });
  return { status: answer.status, ...(await answer.json()) };
}

async function works(token) {
  assert.equal(token.status, 200, JSON.stringify(token));
  assert.equal(token.token_type, "bearer");
  const answer = await fetch(`${access.baseUrl}/api/indicators?limit=1`, { headers: { Authorization: `Bearer ${token.access_token}` } });
  assert.equal(answer.status, 200);
  return token;
}

test("the vendor's SDK: password as JSON, grant and client id in the query", async () => {
  await works(await ask(`?grant_type=password&client_id=${access.clientId}`, { headers: JSON_TYPE, body: JSON.stringify({ email: access.email, password: access.password }) }));
});

test("the vendor's SDK: client credentials as a JSON array beside Basic", async () => {
  await works(await ask("?grant_type=client_credentials", { headers: { ...JSON_TYPE, ...basic() }, body: JSON.stringify([access.privateClientId, access.privateClientSecret]) }));
});

test("a SOAR connector: client credentials in a form and in Basic", async () => {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: access.privateClientId, client_secret: access.privateClientSecret });
  await works(await ask("", { headers: basic(), body: form }));
});

test("an automation guide: client credentials in the query, Basic, and no body", async () => {
  await works(await ask("?grant_type=client_credentials", { headers: { ...JSON_TYPE, ...basic() } }));
});

test("the vendor's blog: JSON that says it is a form", async () => {
  const body = JSON.stringify({ email: access.email, password: access.password, grant_type: "password", client_id: access.clientId });
  await works(await ask("", { headers: { "Content-Type": "application/x-www-form-urlencoded" }, body }));
});

test("the vendor's SDK: a refresh in the query, with the old token, without it, and never twice", async () => {
  const body = JSON.stringify({ email: access.email, password: access.password, grant_type: "password", client_id: access.clientId });
  const first = await works(await ask("", { headers: JSON_TYPE, body }));
  const query = (token) => `?grant_type=refresh_token&refresh_token=${encodeURIComponent(token.refresh_token)}`;
  const second = await works(await ask(query(first), { headers: { ...JSON_TYPE, Authorization: `Bearer ${first.access_token}` } }));
  const third = await works(await ask(query(second), { headers: JSON_TYPE }));
  assert.equal(new Set([first, second, third].map((token) => token.refresh_token)).size, 3);
  const again = await ask(query(first), { headers: JSON_TYPE });
  assert.deepEqual([again.status, again.error], [400, "invalid_grant"]);
});

test("a certificate is not taken", async () => {
  const refused = await ask("", { headers: JSON_TYPE, body: JSON.stringify({ grant_type: "ssl_certificate", client_id: access.clientId }) });
  assert.deepEqual([refused.status, refused.error], [400, "unsupported_grant_type"]);
});

test("a lower-case scheme is refused", async () => {
  const { access_token: token } = await ask("?grant_type=client_credentials", { headers: { ...JSON_TYPE, ...basic() } });
  const answer = await fetch(`${access.baseUrl}/api/indicators?limit=1`, { headers: { Authorization: `bearer ${token}` } });
  assert.equal(answer.status, 401);
});
