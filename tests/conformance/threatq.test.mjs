// The sandbox's ThreatQ against clients written elsewhere: if they work with the imitation, it imitates well.
//
// Each client does what its documentation says, and nothing is set up for it beyond an address and credentials. What it
// sent is printed: it is the record of the request shapes in the field.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { OAuth2Client } from "@badgateway/oauth2-client";
import * as oauth from "oauth4webapi";
import { ResourceOwnerPassword } from "simple-oauth2";

import { startSandbox } from "../package/sandbox.mjs";
import { watched } from "./watched.mjs";

let sandbox;
let access;
before(async () => {
  sandbox = await startSandbox();
  access = sandbox.threatq;
});
after(() => sandbox?.stop());

const apiStatus = async (accessToken) => (await fetch(`${access.baseUrl}/api/indicators?limit=1`, { headers: { Authorization: `Bearer ${accessToken}` } })).status;

describe("from PyPI", () => {
  const python = process.env.IOC_PYTHON;
  const skip = python ? false : "IOC_PYTHON is not set: no Python with the clients of requirements.txt";
  const script = fileURLToPath(new URL("threatq.py", import.meta.url));
  const run = async (name) => {
    const child = promisify(execFile)(python, [script, name]);
    child.child.stdin.end(JSON.stringify(access));
    return JSON.parse((await child).stdout);
  };

  test("requests-oauthlib: client credentials", { skip }, async (context) => {
    const { outcome, requests } = await watched(sandbox, context, () => run("requests_oauthlib"));
    assert.deepEqual(outcome, { token: true, expires: true, refresh: true, status: 200 });
    assert.deepEqual(requests.map(({ path, status }) => [path, status]), [["/api/token", 200], ["/api/indicators", 200]]);
  });

  test("Authlib: client credentials, and a refresh", { skip }, async (context) => {
    const { outcome } = await watched(sandbox, context, () => run("authlib_client"));
    assert.deepEqual(outcome, { token: true, expires: true, refresh: true, status: 200, renewed: true, after: 200 });
  });

  test("Authlib: a password as a form", { skip }, async (context) => {
    const { outcome } = await watched(sandbox, context, () => run("authlib_password"));
    assert.deepEqual(outcome, { token: true, expires: true, refresh: true, status: 200 });
  });
});

describe("from npm", () => {
  test("simple-oauth2: a password as JSON, with an empty client secret beside it", async (context) => {
    const { outcome } = await watched(sandbox, context, async () => {
      const client = new ResourceOwnerPassword({
        client: { id: access.clientId, secret: "" },
        auth: { tokenHost: access.baseUrl, tokenPath: "/api/token" },
        options: { bodyFormat: "json", authorizationMethod: "body" },
      });
      const { token } = await client.getToken({ email: access.email, password: access.password });
      return { type: token.token_type, status: await apiStatus(token.access_token) };
    });
    assert.deepEqual(outcome, { type: "bearer", status: 200 });
  });

  const server = () => ({ issuer: access.baseUrl, token_endpoint: `${access.baseUrl}/api/token` });
  const options = { [oauth.allowInsecureRequests]: true };

  test("oauth4webapi: a password as a form", async (context) => {
    const { outcome } = await watched(sandbox, context, async () => {
      const client = { client_id: access.clientId };
      const answer = await oauth.genericTokenEndpointRequest(server(), client, oauth.None(), "password", { email: access.email, password: access.password }, options);
      const token = await oauth.processGenericTokenEndpointResponse(server(), client, answer);
      return { type: token.token_type, status: await apiStatus(token.access_token) };
    });
    assert.deepEqual(outcome, { type: "bearer", status: 200 });
  });

  test("oauth4webapi: client credentials, form-encoded before Basic", async (context) => {
    const { outcome } = await watched(sandbox, context, async () => {
      const client = { client_id: access.privateClientId };
      const answer = await oauth.clientCredentialsGrantRequest(server(), client, oauth.ClientSecretBasic(access.privateClientSecret), {}, options);
      const token = await oauth.processClientCredentialsResponse(server(), client, answer);
      return { type: token.token_type, status: await apiStatus(token.access_token) };
    });
    assert.deepEqual(outcome, { type: "bearer", status: 200 });
  });

  test("oauth4webapi: a wrong secret is an OAuth error that the library can read", async () => {
    const client = { client_id: access.privateClientId };
    const answer = await oauth.clientCredentialsGrantRequest(server(), client, oauth.ClientSecretBasic("wrong"), {}, options);
    await assert.rejects(oauth.processClientCredentialsResponse(server(), client, answer), { error: "invalid_client" });
  });

  test("@badgateway/oauth2-client: client credentials", async (context) => {
    const { outcome } = await watched(sandbox, context, async () => {
      const client = new OAuth2Client({ server: `${access.baseUrl}/`, clientId: access.privateClientId, clientSecret: access.privateClientSecret, tokenEndpoint: "/api/token" });
      const token = await client.clientCredentials();
      return { refresh: token.refreshToken !== null, status: await apiStatus(token.accessToken) };
    });
    assert.deepEqual(outcome, { refresh: true, status: 200 });
  });
});
