// The sandbox's Taegis against clients written elsewhere, the vendor's own SDK among them.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { OAuth2Client } from "@badgateway/oauth2-client";
import * as oauth from "oauth4webapi";
import { ClientCredentials } from "simple-oauth2";

import { startSandbox } from "../package/sandbox.mjs";
import { Clients, skip } from "./clients.mjs";
import { watched } from "./watched.mjs";

const TOKEN = "/auth/api/v2/auth/token";

let sandbox;
let access;
before(async () => {
  sandbox = await startSandbox();
  access = sandbox.access.taegis;
});
after(() => sandbox?.stop());

describe("from PyPI", () => {
  let clients;
  before(() => { if (!skip) clients = new Clients("taegis.py"); });
  after(() => clients?.stop());

  /** What a part came to, and the paths that it asked. Fails if the SDK had to ask for less than it wanted. */
  const run = async (context, part) => {
    const { outcome: answer, requests } = await watched(sandbox, context, () => clients.run(part, access));
    assert.deepEqual(answer.removed, [], "the schema lacks what the SDK asks for");
    return { outcome: answer.outcome, requests: requests.map(({ path, status }) => [path, status]) };
  };

  /** The same for a part of the SDK, which asks for one token and uses nothing but GraphQL with it. */
  const runSdk = async (context, part) => {
    const { outcome, requests } = await run(context, part);
    assert.deepEqual(requests.shift(), [TOKEN, 200]);
    assert.ok(requests.length > 1 && requests.every(([path, status]) => path === "/graphql" && status === 200), JSON.stringify(requests));
    return outcome;
  };

  test("requests-oauthlib: client credentials as a form, and the version of a service", { skip }, async (context) => {
    const { outcome, requests } = await run(context, "requests_oauthlib");
    assert.deepEqual(outcome, { status: 200, tag: true });
    assert.deepEqual(requests, [[TOKEN, 200], ["/assets/version", 200]]);
  });

  test("taegis-sdk-python: a client is made, found, given a new secret, deleted", { skip }, async (context) => {
    assert.deepEqual(await runSdk(context, "sdk_clients"), {
      roles: ["TenantAnalyst"],
      by_client_id: ["conformance"],
      by_id: "conformance",
      searched: ["conformance"],
      renewed: true,
      deleted: "conformance",
      left: [],
    });
  });

  test("taegis-sdk-python: reputation of every kind", { skip }, async (context) => {
    assert.deepEqual(await runSdk(context, "sdk_reputation"), {
      types: ["ThreatContextDomainInfo", "ThreatContextIPInfo", "ThreatContextURLInfo", "ThreatContextFileInfo", "ThreatContextDomainInfo"],
      malicious: true,
      nsrl: true,
      unknown: "not found",
      risky: 5,
      summary: true,
    });
  });

  test("taegis-sdk-python: own indicators are written, searched, paged through, deleted", { skip }, async (context) => {
    assert.deepEqual(await runSdk(context, "sdk_own_indicators"), {
      accepted: ["sdk.example"],
      rejected: [["not a domain", "value does not match object_type"]],
      searched: [["sdk.example", "HIGH"]],
      by_filters: true,
      pages: true,
      all: true,
      deleted: [["sdk.example", true]],
      left: 0,
    });
  });

  test("taegis-sdk-python: intelligence, what it belongs to, and its lists", { skip }, async (context) => {
    assert.deepEqual(await runSdk(context, "sdk_intelligence"), {
      found: ["ctu-only.example"],
      by_id: ["ctu-only.example"],
      malware: ["SampleRAT"],
      groups: ["Sample Bear"],
      addresses: ["192.0.2.77", "2001:db8::c2"],
      domains: true,
      files: true,
      publications: ["SampleRAT: how it talks"],
    });
  });

  test("taegis-sdk-python: a member that the schema lacks would be noticed", { skip }, async (context) => {
    const { outcome: { outcome, removed } } = await watched(sandbox, context, () => clients.run("sdk_removal", access));
    assert.deepEqual(outcome, { members: ["totalCount"] });
    assert.equal(removed.length, 1);
    assert.match(removed[0], /noSuchMember/);
  });
});

describe("from npm", () => {
  const version = async (accessToken) => (await fetch(`${access.baseUrl}/assets/version`, { headers: { Authorization: `Bearer ${accessToken}` } })).status;

  test("simple-oauth2: client credentials as JSON, with Basic", async (context) => {
    const { outcome } = await watched(sandbox, context, async () => {
      const client = new ClientCredentials({
        client: { id: access.clientId, secret: access.clientSecret },
        auth: { tokenHost: access.baseUrl, tokenPath: TOKEN },
        options: { bodyFormat: "json", authorizationMethod: "header" },
      });
      const { token } = await client.getToken({});
      return { type: token.token_type, status: await version(token.access_token) };
    });
    assert.deepEqual(outcome, { type: "Bearer", status: 200 });
  });

  const server = () => ({ issuer: access.baseUrl, token_endpoint: `${access.baseUrl}${TOKEN}` });
  const options = { [oauth.allowInsecureRequests]: true };
  const ask = (secret) => oauth.clientCredentialsGrantRequest(server(), { client_id: access.clientId }, oauth.ClientSecretBasic(secret), {}, options);

  test("oauth4webapi: client credentials, form-encoded before Basic", async (context) => {
    const { outcome } = await watched(sandbox, context, async () => {
      const token = await oauth.processClientCredentialsResponse(server(), { client_id: access.clientId }, await ask(access.clientSecret));
      return { type: token.token_type, status: await version(token.access_token) };
    });
    assert.deepEqual(outcome, { type: "bearer", status: 200 });
  });

  test("oauth4webapi: a wrong secret is an OAuth error that the library can read", async () => {
    const refused = oauth.processClientCredentialsResponse(server(), { client_id: access.clientId }, await ask("wrong"));
    await assert.rejects(refused, { error: "invalid_client" });
  });

  test("@badgateway/oauth2-client: client credentials", async (context) => {
    const { outcome } = await watched(sandbox, context, async () => {
      const client = new OAuth2Client({ server: `${access.baseUrl}/`, clientId: access.clientId, clientSecret: access.clientSecret, tokenEndpoint: TOKEN });
      const token = await client.clientCredentials();
      return { refresh: token.refreshToken !== null, status: await version(token.accessToken) };
    });
    assert.deepEqual(outcome, { refresh: false, status: 200 });
  });
});
