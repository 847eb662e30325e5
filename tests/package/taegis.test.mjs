// The Taegis client as the package has it: against a stubbed fetch where the platform must misbehave, else against the sandbox.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { entry } from "../support/project.mjs";
import { startSandbox, taegisConfig } from "./sandbox.mjs";

const ioc = await import(entry());

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

const taegisOf = (sandbox, config) => ioc.createClient(taegisConfig(sandbox, config));

const sandbox = await startSandbox();
after(() => sandbox.stop());

describe("against the sandbox", () => {
  let taegis;
  before(async () => {
    taegis = await taegisOf(sandbox);
  });
  after(() => taegis?.close());

  /** What was sent while `work` ran: method, path and status. */
  const sent = async (work) => {
    await sandbox.requests();
    await work();
    return (await sandbox.requests()).map(({ method, path, status }) => `${method} ${path} ${status}`);
  };

  for (const body of ["json", "form"]) {
    test(`a token comes for a body of ${body}, and says how long it lives`, async () => {
      const config = taegisConfig(sandbox);
      const client = await ioc.createClient({ ...config, auth: { ...config.auth, body } });
      const token = await client.token();
      assert.deepEqual([token.tokenType, token.assumedLifetime], ["Bearer", false]);
      assert.ok(Date.parse(token.expiresAt) > Date.now());
      client.close();
    });
  }

  test("a wrong secret is refused, with the advice to look at the region", async () => {
    const config = taegisConfig(sandbox);
    const client = await ioc.createClient({ ...config, auth: { ...config.auth, clientSecret: "wrong-wrong-wrong" } });
    await assert.rejects(client.lookup("bad.example"), (error) => error.code === "token_client_rejected" && /region/.test(error.message));
    client.close();
  });

  describe("lookup", () => {
    test("three parts make one report", async () => {
      const report = await taegis.lookup("bad[.]example");
      assert.deepEqual([report.found, report.verdict, report.score, report.status], [true, "malicious", 95, "active"]);
      assert.deepEqual(report.sources.map(({ name }) => name), ["VirusTotal", "APIVoid", "Honeypot", "CTU"]);
      assert.deepEqual(report.related.map(({ type, name }) => [type, name]), [["malware", "SampleRAT"], ["adversary", "Sample Bear"]]);
      assert.ok(report.tags.includes("c2"));
      assert.equal(report.records.length, 3);
    });

    test("what one part alone knows is found", async () => {
      const [intelligence, engines, failed] = await taegis.lookup(["ctu-only.example", "engines-only.example", "engines-failed.example"]);
      assert.deepEqual([intelligence.verdict, intelligence.sources.map(({ name }) => name)], ["malicious", ["CTU"]]);
      assert.deepEqual(intelligence.related.map(({ type }) => type).sort(), ["adversary", "malware", "report"]);
      assert.deepEqual([engines.score, engines.firstSeen, engines.lastSeen], [72, "2026-03-01T00:00:00Z", "2026-03-15T00:00:00Z"]);
      assert.ok(engines.attributes.some(({ name, value }) => name === "newly_registered_domain" && value === "true"));
      assert.equal(failed.found, false);
    });

    test("a hundred values take at most ten requests, five hundred within the table, and one token", async () => {
      const values = Array.from({ length: 500 }, (_, at) => (at % 2 === 0 ? `h${at}.example` : `10.1.${at >> 8}.${at & 255}`));
      const fresh = await taegisOf(sandbox);
      const hundred = await sent(() => fresh.lookup(["bad.example", "192.0.2.77", ...values.slice(0, 98)]));
      assert.equal(hundred.filter((line) => line.includes("/auth/")).length, 1);
      const asked = hundred.filter((line) => line === "POST /graphql 200").length;
      assert.ok(asked > 3 && asked <= 10, `${asked} requests`);
      assert.equal((await sent(() => fresh.lookup(values))).length, 5 + 10 + 25);
      fresh.close();
    });

    test("injection attempts change nothing but the literal", async () => {
      const hostile = [
        "http://h.example/') or value in ('bad.example",
        "http://h.example/\\') or (value contains 'bad",
        'http://h.example/"}}){intel{indicators{id}}}#',
        "http://h.example/%25_$a{x}",
        "http://h.example/it's",
      ];
      for (const value of hostile) {
        const report = await taegis.lookup(value, { kind: "url" });
        assert.deepEqual([report.found, report.error, report.attributes], [false, null, []], value);
      }
      await assert.rejects(taegis.lookup("bad.example\u0000"), { code: "indicator_invalid" });
    });

    test("another tenant's list is not seen", async () => {
      const { clientId, clientSecret, tenantId } = sandbox.taegis.clients.find((client) => client.tenantId !== sandbox.taegis.tenantId);
      const partner = await taegisOf(sandbox, { tenantId, auth: { ...auth, clientId, clientSecret }, lookupIn: ["indicators"] });
      const [own, theirs] = await Promise.all([taegis, partner].map((client) => client.lookup("partner-only.example")));
      assert.deepEqual([own.found, theirs.found, theirs.score], [false, true, 80]);
      partner.close();
    });
  });

  describe("clients", () => {
    test("are created, searched, rotated and deleted; an old secret is refused at once", async () => {
      const { client, clientSecret } = await taegis.clients.create({ name: "by the package test", roles: [ioc.taegisRoles.auditor] });
      assert.deepEqual([client.name, client.tenantId, client.roleAssignments[0].roleId], ["by the package test", sandbox.taegis.tenantId, ioc.taegisRoles.auditor]);
      const logsIn = async (secret) => {
        const other = await taegisOf(sandbox, { auth: { grant: "client_credentials", clientId: client.clientId, clientSecret: secret } });
        return other.token().then(() => true, ({ code }) => code).finally(() => other.close());
      };
      assert.equal(await logsIn(clientSecret), true);
      const rotated = await taegis.clients.rotateSecret(client.clientId);
      assert.equal(rotated.client.id, client.id);
      assert.deepEqual([await logsIn(clientSecret), await logsIn(rotated.clientSecret)], ["token_client_rejected", true]);
      assert.deepEqual((await taegis.clients.search({ clientIds: [client.clientId] })).map(({ id }) => id), [client.id]);
      assert.equal((await taegis.clients.delete(client.id)).id, client.id);
      assert.deepEqual(await taegis.clients.search({ name: "by the package test" }), []);
    });

    for (const style of ["top", "graphql"]) {
      test(`a name that is taken is told, where the platform's style is ${style}`, async () => {
        const other = await startSandbox("--taegis-set", `errors_style=${style}`);
        const client = await taegisOf(other);
        await client.clients.create({ name: "twice" });
        await assert.rejects(client.clients.create({ name: "twice" }), { code: "request_rejected", reason: "name_taken" });
        client.close();
        await other.stop();
      });
    }

    test("an auditor reads, and may not create: forbidden, with advice, without a renewal", async () => {
      const auditor = await taegisOf(sandbox, { role: "auditor" });
      assert.equal((await auditor.lookup("bad.example")).found, true);
      const lines = await sent(() => assert.rejects(auditor.clients.create({ name: "x" }), (error) => error.code === "forbidden" && /role/.test(error.message)));
      assert.deepEqual(lines, ["POST /graphql 200"]);
      auditor.close();
    });
  });

  test("graphql and request reach everything else, and say what they do not reach", async () => {
    const { client } = await taegis.graphql("query($id: ID!) { client(id: $id) { name } }", { id: sandbox.taegis.clientId }, { idempotent: true });
    assert.equal(typeof client.name, "string");
    await assert.rejects(taegis.graphql("{ nothing }"), { code: "graphql_error", reason: "unknown_field", status: 400 });
    assert.equal((await (await taegis.request("/assets/version")).json()).tag, (await taegis.serviceVersion()).tag);
    await assert.rejects(taegis.serviceVersion("no-such-service"), { code: "not_found", status: 404 });
  });

  for (const [header, setting] of [["Retry-After", "retry-after"], ["X-Ratelimit-Retryafter", "x-ratelimit-retryafter"]]) {
    test(`the wait that ${header} names is waited`, async () => {
      const slow = await startSandbox("--taegis-set", "throttle=1", "--taegis-set", `throttle_header=${setting}`);
      const waits = [];
      const client = await taegisOf(slow, { lookupIn: ["reputation"], onEvent: ({ type, waitMs }) => type === "retry" && waits.push(waitMs) });
      const both = await Promise.all([client.lookup("bad.example"), client.lookup("example.com")]);
      assert.deepEqual(both.map(({ found }) => found), [true, true]);
      assert.ok(waits.length >= 1 && waits.every((wait) => wait >= 1_000), JSON.stringify(waits));
      client.close();
      await slow.stop();
    });
  }

  describe("indicatorFeed", () => {
    const entriesOf = async (client, options) => {
      const entries = [];
      for await (const page of client.indicatorFeed(options)) entries.push(...page);
      return entries;
    };

    test("reads the tenant's list, both watchlists and the files, page by page", async () => {
      const whole = await entriesOf(taegis);
      const pieces = await entriesOf(taegis, { pageSize: 7 });
      assert.deepEqual(pieces.map(({ value }) => value).sort(), whole.map(({ value }) => value).sort());
      assert.ok(whole.some(({ kind, label }) => kind === "sha256" && label === "SampleRAT"));
      assert.ok(whole.some(({ value }) => value === "bad.example"));
      assert.ok(whole.every(({ kind, source, score }) => kind && source === "taegis" && score >= 0 && score <= 100));
    });

    test("gives the same where the platform refers to indicators by id", async () => {
      const other = await startSandbox("--taegis-set", "watchlist_refs=ids");
      const client = await taegisOf(other, { lookupIn: ["intelligence"] });
      const own = await taegisOf(sandbox, { lookupIn: ["intelligence"] });
      const [byId, byValue] = await Promise.all([client, own].map((each) => entriesOf(each, { kinds: ["ipv4", "domain"] })));
      assert.ok(byValue.length > 0);
      assert.deepEqual(byId.map(({ value }) => value).sort(), byValue.map(({ value }) => value).sort());
      for (const each of [client, own]) each.close();
      await other.stop();
    });

    test("keeps to kinds and scores", async () => {
      const entries = await entriesOf(taegis, { kinds: ["domain"], minScore: 90 });
      assert.ok(entries.length > 0 && entries.every(({ kind, score }) => kind === "domain" && score >= 90));
    });

    test("tells deletions since a moment, with an end in the past", async () => {
      const value = "soon-gone.example";
      const upsert = "mutation($input: [IndicatorInput!]!) { upsertIndicators(input: $input) { accepted_indicators { id } } }";
      await taegis.graphql(upsert, { input: [{ value, object_type: "domain", severity: "HIGH" }] });
      await taegis.graphql("mutation($query: String!) { deleteIndicators(query: $query) { status } }", { query: `from byoti_indicator where value = '${value}'` });
      const updatedSince = new Date(Date.now() - 60_000).toISOString();
      const entry = (await entriesOf(taegis, { updatedSince })).find((each) => each.value === value);
      assert.ok(Date.parse(entry.expiresAt) <= Date.now());
      assert.equal((await entriesOf(taegis)).some((each) => each.value === value), false);
    });
  });

  describe("check", () => {
    const failedStep = async (config) => {
      const client = await ioc.createClient(config);
      const check = await client.check();
      client.close();
      const failed = check.steps.filter(({ status }) => status === "failed");
      assert.ok(failed.every(({ advice }) => advice.length > 10) && failed.length <= 1);
      return failed[0]?.step;
    };

    test("names the setting that is wrong", async () => {
      const good = taegisConfig(sandbox, { retry: { maxRetries: 0 } });
      assert.equal(await failedStep(good), undefined);
      assert.equal(await failedStep({ ...good, auth: { ...good.auth, clientSecret: "wrong" } }), "credentials");
      assert.equal(await failedStep({ ...good, baseUrl: `${good.baseUrl}/elsewhere` }), "baseUrl");
      assert.equal(await failedStep({ ...good, baseUrl: "http://127.0.0.1:9" }), "reachable");
      assert.equal(await failedStep({ ...good, tenantId: "999999" }), "permissions");
    });

    test("tells the version of the API", async () => {
      const { ok, apiVersion, latencyMs } = await taegis.check();
      assert.deepEqual([ok, apiVersion, latencyMs >= 0], [true, (await taegis.serviceVersion()).tag, true]);
    });
  });
});
