// Lookups against the sandbox: what a report says, and how many requests it took.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { entry } from "../support/project.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

let ioc;
let sandbox;
let threatq;
before(async () => {
  ioc = await import(entry());
  sandbox = await startSandbox();
  threatq = await ioc.createClient(threatqConfig(sandbox));
});
after(async () => {
  threatq?.close();
  await sandbox?.stop();
});

const REPORT_MEMBERS = ["platform", "name", "query", "value", "kind", "found", "verdict", "score", "status", "tlp", "tags", "sources", "attributes", "related", "firstSeen", "lastSeen", "expiresAt", "link", "records", "error"];
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Paths of the requests that `action` caused. */
async function requestsOf(action) {
  await sandbox.requests();
  await action();
  return (await sandbox.requests()).map(({ path }) => path);
}

test("example[.]com: the published example, whole", async () => {
  const report = await threatq.lookup("example[.]com");
  assert.deepEqual(Object.keys(report).sort(), [...REPORT_MEMBERS].sort());
  const { platform, name, query, value, kind, found, verdict, score, status, tlp, error } = report;
  assert.deepEqual({ platform, name, query, value, kind, found, verdict, score, status, tlp, error }, {
    platform: "threatq", name: "threatq", query: "example[.]com", value: "example.com", kind: "domain", found: true, verdict: "suspicious", score: 60, status: "Review", tlp: null, error: null,
  });
  assert.deepEqual(report.sources.map((source) => source.name).sort(), ["ArcSight", "CG's Email"]);
  assert.deepEqual(report.attributes, [{ name: "False Positive", value: "No" }]);
  assert.equal(report.records.length, 1);
  assert.equal(report.records[0].value, "example.com");
  assert.equal(report.link, `${sandbox.threatq.baseUrl}/indicators/${report.records[0].id}/details`);
  assert.match(report.firstSeen, ISO);
  for (const source of report.sources) assert.match(source.firstSeen, ISO);
});

test("bad.example: tags, adversary, expiry", async () => {
  const report = await threatq.lookup("bad.example");
  assert.deepEqual([report.verdict, report.score], ["malicious", 90]);
  assert.deepEqual([...report.tags].sort(), ["c2", "campaign-7"]);
  assert.ok(report.related.some(({ type, name }) => type === "adversary" && name === "Sample Bear"));
  assert.match(report.expiresAt, /^2035-09-01T00:00:00(\.000)?Z$/);
});

test("the strictest TLP of the sources counts, where the platform tells it", async () => {
  const telling = await startSandbox("--threatq-set", "query_tlp=true");
  const client = await ioc.createClient(threatqConfig(telling));
  const report = await client.lookup("bad.example");
  assert.equal(report.tlp, "AMBER");
  assert.deepEqual(report.sources.map(({ name, tlp }) => [name, tlp]).sort(), [["Example CERT", "GREEN"], ["Honeypot", "AMBER"]]);
  assert.equal((await client.lookup("192.0.2.128/25")).tlp, "CLEAR");
  client.close();
  await telling.stop();
});

test("an unknown value is not an error", async () => {
  const report = await threatq.lookup("never-seen.example");
  const { found, verdict, score, records, error, kind, link } = report;
  assert.deepEqual({ found, verdict, score, records, error, kind, link }, { found: false, verdict: "unknown", score: null, records: [], error: null, kind: "domain", link: null });
});

test("each kind is found under its own type", async () => {
  const rows = { "198.51.100.40": "ipv4", "2001:db8::bad:1": "ipv6", "192.0.2.128/25": "cidr", "billing@invoice.example": "email", "7962b63221aca9cc98c9c938c57d56e491d8cf86aa9698430b4e9675a50c5ac7": "sha256", "CVE-2099-0001": "cve", AS64500: "asn" };
  const reports = await threatq.lookup(Object.keys(rows));
  assert.deepEqual(reports.map(({ kind, found }) => [kind, found]), Object.values(rows).map((kind) => [kind, true]));
});

test("whitelisted is benign, expired is unknown, whatever the score", async () => {
  const [whitelisted, falsePositive, expired] = await threatq.lookup(["198.51.100.23", "198.51.100.45", "198.51.100.41"]);
  assert.deepEqual([whitelisted.verdict, whitelisted.score], ["benign", 20]);
  assert.deepEqual([falsePositive.verdict, falsePositive.status], ["benign", "False Positive"]);
  assert.deepEqual([expired.verdict, expired.status], ["unknown", "Expired"]);
});

test("thresholds are the caller's", async () => {
  assert.equal((await threatq.lookup("example.com", { thresholds: { malicious: 60 } })).verdict, "malicious");
  assert.equal((await threatq.lookup("example.com", { thresholds: { malicious: 90, suspicious: 61 } })).verdict, "unknown");
});

describe("how many requests", () => {
  test("a hundred values cost one token request and one query, in all two", async () => {
    const client = await ioc.createClient(threatqConfig(sandbox));
    const values = Array.from({ length: 100 }, (_, at) => `host-${at}.example`);
    const paths = await requestsOf(async () => assert.equal((await client.lookup(values)).length, 100));
    assert.deepEqual(paths, ["/api/token", "/api/indicators/query"]);
    client.close();
  });

  test("the hundred-and-first value costs one query more", async () => {
    const values = Array.from({ length: 101 }, (_, at) => `other-${at}.example`);
    assert.deepEqual(await requestsOf(() => threatq.lookup(values)), Array(2).fill("/api/indicators/query"));
  });

  test("a hundred URLs are two hundred spellings: two queries", async () => {
    const values = Array.from({ length: 100 }, (_, at) => `http://url-${at}.example/x`);
    assert.deepEqual(await requestsOf(() => threatq.lookup(values)), Array(2).fill("/api/indicators/query"));
  });

  test("the same value in many spellings is asked once, and answered for each", async () => {
    const paths = await requestsOf(async () => {
      const reports = await threatq.lookup(["bad.example", "bad[.]example", "BAD.EXAMPLE", "hxxp://bad[.]example/gate.php", "bad.example"]);
      assert.deepEqual(reports.map(({ found }) => found), [true, true, true, true, true]);
      assert.deepEqual(reports.map(({ query }) => query), ["bad.example", "bad[.]example", "BAD.EXAMPLE", "hxxp://bad[.]example/gate.php", "bad.example"]);
    });
    assert.equal(paths.length, 1);
  });

  test("no values cost no request", async () => {
    assert.deepEqual(await requestsOf(async () => assert.deepEqual(await threatq.lookup([]), [])), []);
  });
});

describe("URLs", () => {
  test("a URL is found under its spelling without scheme", async () => {
    const report = await threatq.lookup("hxxp://bad[.]example/gate.php");
    assert.deepEqual([report.found, report.value, report.kind, report.score], [true, "http://bad.example/gate.php", "url", 95]);
  });

  test("a URL is found under its spelling with scheme", async () => {
    const value = "https://with-scheme.example/path";
    await threatq.indicators.create({ value, type: "URL", sources: [{ name: "Package Test" }] });
    assert.equal((await threatq.lookup(value)).found, true);
  });

  test("both spellings are in one query", async () => {
    const sizes = [];
    const spy = (url, init) => {
      if (String(url).includes("/query")) sizes.push(JSON.parse(new TextDecoder().decode(typeof init.body === "string" ? new TextEncoder().encode(init.body) : init.body)));
      return fetch(url, init);
    };
    const client = await ioc.createClient(threatqConfig(sandbox, { fetch: spy }));
    await client.lookup("http://two.example/spellings");
    const asked = JSON.stringify(sizes);
    assert.equal(sizes.length, 1);
    assert.ok(asked.includes("\"http://two.example/spellings\"") && asked.includes("\"two.example/spellings\""), asked);
    client.close();
  });

  test("commas, per cent signs and wildcards are data", async () => {
    assert.equal((await threatq.lookup("https://login.example/reset?user=1,2&rate=50%25")).found, true);
    assert.equal((await threatq.lookup("https://%.example/")).found, false);
  });
});

test("over all platforms: one result per value, the worst verdict, one report per client", async () => {
  const second = await ioc.createClient(threatqConfig(sandbox, { name: "second" }));
  const result = await ioc.lookup("bad[.]example", [threatq, second]);
  assert.deepEqual([result.query, result.value, result.kind, result.verdict, result.score], ["bad[.]example", "bad.example", "domain", "malicious", 90]);
  assert.deepEqual(result.reports.map(({ name }) => name), ["threatq", "second"]);
  const results = await ioc.lookup(["bad.example", "never-seen.example"], [threatq, second]);
  assert.deepEqual(results.map(({ verdict }) => verdict), ["malicious", "unknown"]);
  second.close();
});

test("one failing platform leaves the others alone", async () => {
  const broken = await ioc.createClient(threatqConfig(sandbox, { name: "broken", auth: { accessToken: "unknown-to-the-sandbox" } }));
  const result = await ioc.lookup("bad.example", [broken, threatq]);
  assert.equal(result.verdict, "malicious");
  assert.deepEqual(result.reports.map(({ error, found }) => [error?.code ?? null, found]), [["unauthorized", false], [null, true]]);
  assert.ok(ioc.isLookupError(result.reports[0].error));
  broken.close();
});
