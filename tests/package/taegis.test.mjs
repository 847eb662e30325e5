// The Taegis client as the package has it.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { entry } from "../support/project.mjs";

let ioc;
before(async () => {
  ioc = await import(entry());
});

const auth = { grant: "client_credentials", clientId: "id", clientSecret: "s3cret-s3cret" };
const token = { access_token: "t0k", token_type: "Bearer", expires_in: 36_000 };

/** A client whose platform answers in this way, and what it was asked. */
async function stubbed(answer, config = {}) {
  const asked = [];
  const fetch = async (url, init) => {
    const body = init.body === undefined ? null : JSON.parse(init.body);
    asked.push({ url, headers: init.headers, body });
    return Response.json(url.includes("/auth/") ? token : answer(url, body));
  };
  const client = await ioc.createClient({ platform: "taegis", region: "us2", auth, fetch, ...config });
  return { client, asked };
}

describe("regions and roles", () => {
  test("a region's client logs in at the region's address", async () => {
    assert.equal(Object.keys(ioc.taegisRegions).length, 10);
    for (const [region, address] of Object.entries(ioc.taegisRegions)) {
      const { client, asked } = await stubbed(() => ({}), { region });
      await client.token();
      assert.deepEqual(asked.map(({ url }) => url), [`${address}/auth/api/v2/auth/token`]);
      client.close();
    }
  });

  test("the tables cannot be changed", () => {
    assert.ok(Object.isFrozen(ioc.taegisRegions) && Object.isFrozen(ioc.taegisRoles));
    assert.deepEqual(Object.keys(ioc.taegisRoles), ["administrator", "analyst", "responder", "auditor"]);
  });

  test("without region and baseUrl there is no client", async () => {
    await assert.rejects(ioc.createClient({ platform: "taegis", auth }), { code: "config_invalid", reason: "region" });
    await assert.rejects(ioc.createClient({ platform: "taegis", region: "us9", auth }), { code: "config_invalid", reason: "region" });
  });
});

describe("graphql", () => {
  test("sends document and variables with token and tenant, and returns the data", async () => {
    const { client, asked } = await stubbed(() => ({ data: { client: { name: "n" } } }), { tenantId: "4242" });
    const data = await client.graphql("query($id: ID!) { client(id: $id) { name } }", { id: "1" });
    assert.deepEqual(data, { client: { name: "n" } });
    const [, { url, headers, body }] = asked;
    assert.equal(url, "https://api.delta.taegis.secureworks.com/graphql");
    assert.deepEqual(body, { query: "query($id: ID!) { client(id: $id) { name } }", variables: { id: "1" } });
    assert.deepEqual([headers.get("authorization"), headers.get("x-tenant-context")], ["Bearer t0k", "4242"]);
    client.close();
  });

  test("errors fail it, with the platform's words and without the secret", async () => {
    const { client } = await stubbed(() => ({ data: { x: 1 }, errors: [{ message: "no s3cret-s3cret for you" }] }));
    await assert.rejects(client.graphql("{ x }", undefined, { idempotent: true }), (error) => {
      assert.deepEqual([error.code, error.platform, error.oauthErrorDescription], ["graphql_error", "taegis", "no [redacted] for you"]);
      return ioc.isLookupError(error);
    });
    client.close();
  });

  test("what is no document or no options is refused before anything is sent", async () => {
    const { client, asked } = await stubbed(() => ({}));
    await assert.rejects(client.graphql(""), { code: "config_invalid", reason: "query" });
    await assert.rejects(client.graphql("{ x }", [1]), { code: "config_invalid", reason: "variables" });
    await assert.rejects(client.graphql("{ x }", {}, { idempotent: "yes" }), { code: "config_invalid", reason: "idempotent" });
    assert.equal(asked.length, 0);
    client.close();
  });
});

test("a name that is taken is told, and what to do about it", async () => {
  const { client } = await stubbed(() => ({ error: ["Existing client in tenant"] }));
  await assert.rejects(client.clients.create({ name: "twice" }), (error) => {
    assert.deepEqual([error.code, error.reason, error.retryable], ["request_rejected", "name_taken", false]);
    assert.match(error.message, /choose another name/);
    return true;
  });
  client.close();
});

test("one look-up over two clients: a part that fails is named, and the others decide", async () => {
  const reputation = [{ __typename: "ThreatContextDomainInfo", indicator: "bad.example", error: null, reputation_stats: { vt_malicious: 4 } }];
  const answer = (url, { query }) => (query.includes("{reputation(") ? { data: { reputation } } : { errors: [{ message: "not here" }] });
  const events = [];
  const { client } = await stubbed(answer, { onEvent: (event) => events.push(event) });
  const { client: other } = await stubbed(() => ({ errors: ["down"] }), { name: "other tenant" });
  const { verdict, score, reports } = await ioc.lookup("bad[.]example", [client, other]);
  assert.deepEqual([verdict, score], ["malicious", 72]);
  assert.deepEqual(reports[0].attributes.filter(({ name }) => name === "unavailable").map(({ value }) => value), ["indicators: graphql_error", "intelligence: graphql_error"]);
  assert.deepEqual([reports[1].name, reports[1].error.code, reports[1].verdict], ["other tenant", "graphql_error", "unknown"]);
  assert.equal(events.filter(({ type }) => type === "warning").length, 2);
  for (const each of [client, other]) each.close();
});
