// Every method of the QRadar client against the sandbox, and what it sends.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { entry } from "../support/project.mjs";
import { startSandbox } from "./sandbox.mjs";

const SETS = ["bad_ips", "watch_ips", "allowlist_ips", "networks", "blocklist", "hashes", "watch"];

const ioc = await import(entry());
let sandbox;
let qradar;
before(async () => {
  sandbox = await startSandbox();
  qradar = await ioc.createClient(config(sandbox));
});
after(async () => {
  qradar?.close();
  await sandbox?.stop();
});

/** Configuration of a QRadar client for a sandbox; `auth` is "sec", "app", the label of a token, or an object of its own. */
function config({ access }, { auth = "sec", ...rest } = {}) {
  const { baseUrl, tokenUrl, clientId, clientSecret, secToken, tokens } = access.qradar;
  const ways = {
    sec: { secToken },
    app: { grant: "client_credentials", tokenUrl, clientId, clientSecret },
    ...Object.fromEntries(tokens.map((token) => [token.label, { secToken: token.secToken }])),
  };
  return { platform: "qradar", baseUrl, allowInsecureLoopback: true, referenceSets: SETS, auth: ways[auth] ?? auth, ...rest };
}

/** A client for as long as `use` runs. */
async function withClient(configuration, use) {
  const client = await ioc.createClient(configuration);
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const errorOf = (promise) => promise.then(() => assert.fail("it should fail"), (error) => error);
const lines = (requests) => requests.map(({ method, path }) => `${method} ${path}`);

let serial = 0;
/** A value that no other test of this file uses. */
const fresh = () => `test-${(serial += 1)}.example`;

describe("tokens", () => {
  test("an app gets its token by GET, and by POST, and uses it", async () => {
    for (const method of [undefined, "GET", "POST"]) {
      const configuration = config(sandbox, { auth: "app" });
      configuration.auth.method = method;
      await withClient(configuration, async (client) => {
        await sandbox.requests();
        assert.deepEqual(await client.ariel.databases(), await qradar.ariel.databases());
        const token = await client.token();
        assert.deepEqual([token.tokenType, token.expiresAt, token.assumedLifetime], ["Bearer", null, true]);
        assert.deepEqual(lines(await sandbox.requests()).filter((line) => line.includes("token")), [`${method ?? "GET"} /token`]);
      });
    }
  });

  test("a secret that needs encoding is refused by the service and not by a broken URL", async () => {
    const configuration = config(sandbox, { auth: "app" });
    configuration.auth.clientSecret = "geheim&client_id=x#+%20 '\"";
    await withClient(configuration, async (client) => {
      const error = await errorOf(client.token());
      assert.deepEqual([error.code, error.status], ["token_client_rejected", 401]);
      assert.ok(!JSON.stringify(error).includes("geheim"));
    });
  });

  test("a service token is what authorize adds", async () => {
    await withClient(config(sandbox, { apiVersion: "26.0" }), async (client) => {
      const headers = await client.authorize({ accept: "text/plain", authorization: "kept" });
      assert.deepEqual([headers.get("sec"), headers.get("version"), headers.get("accept")], [sandbox.access.qradar.secToken, "26.0", "text/plain"]);
      assert.equal((await client.token()).tokenType, "SEC");
      const answer = await client.request("/api/system/about");
      assert.equal(answer.status, 200);
    });
  });

  test("one that is not deployed is unauthorized, with the advice to deploy, and is sent three times at most", async () => {
    await withClient(config(sandbox, { auth: "undeployed" }), async (client) => {
      await sandbox.requests();
      const errors = [];
      for (let turn = 0; turn < 6; turn += 1) errors.push(await errorOf(client.ariel.databases()));
      assert.deepEqual(errors.map(({ code }) => code).slice(0, 3), ["unauthorized", "unauthorized", "unauthorized"]);
      assert.match(errors[0].message, /Deploy Changes/);
      assert.deepEqual([errors[3].code, errors[3].reason], ["auth_cooldown", "unauthorized"]);
      assert.equal((await sandbox.requests()).length, 3);
    });
  });
});

describe("lookup", () => {
  test("an address in a set and with offenses", async () => {
    const report = await qradar.lookup("203[.]0.113.9");
    assert.deepEqual([report.platform, report.found, report.verdict, report.score, report.status], ["qradar", true, "malicious", 70, "OPEN"]);
    assert.deepEqual(report.tags, ["bad_ips"]);
    assert.deepEqual(report.sources.map(({ name }) => name), ["bad_ips"]);
    assert.deepEqual(report.related.map(({ type, id }) => [type, id]).sort(), [["offense", "102"], ["offense", "103"]]);
    assert.equal(report.related.find(({ id }) => id === "103").name, "Login Failures Followed By Success");
    assert.ok(report.link.endsWith("appName=Sem&pageId=OffenseSummary&summaryId=102"));
    assert.ok(report.firstSeen < report.lastSeen);
    assert.ok(report.records.length >= 4);
  });

  test("a victim is not bad, and a closed offense is no evidence", async () => {
    const [victim, closed] = await qradar.lookup(["192.0.2.77", "198.51.100.43"]);
    assert.deepEqual([victim.found, victim.verdict, victim.score], [true, "unknown", null]);
    assert.equal(victim.related.length, 2);
    assert.deepEqual([closed.verdict, closed.score, closed.status], ["suspicious", null, null]);
  });

  test("every kind is found in the set that holds it", async () => {
    const known = {
      "bad.example": ["blocklist", "malicious"],
      "example.com": ["watch", "suspicious"],
      "mixed-case.example": [undefined, "unknown"],
      "192.0.2.128/25": ["networks", "suspicious"],
      "2001:DB8:0:0::bad:1": ["bad_ips", "malicious"],
      "http://bad.example/gate.php": ["blocklist", "malicious"],
      "CVE-2099-0001": ["blocklist", "malicious"],
      "AS64500": ["blocklist", "malicious"],
      "BDCF62FCDD65A27D7D6AC4F75A0D371B08F099BB2628D8EEB9F011CFB4A3AAD4": ["hashes", "suspicious"],
      "198.51.100.23": ["allowlist_ips", "benign"],
      "only-threatq.example": [undefined, "unknown"],
    };
    const reports = await qradar.lookup(Object.keys(known));
    const got = Object.fromEntries(reports.map(({ query, tags, verdict }) => [query, [tags[0], verdict]]));
    assert.deepEqual(got, known);
  });

  test("a configured verdict wins over the name of the set", async () => {
    await withClient(config(sandbox, { setVerdicts: { hashes: "malicious" } }), async (client) => {
      const { verdict } = await client.lookup("bdcf62fcdd65a27d7d6ac4f75a0d371b08f099bb2628d8eeb9f011cfb4a3aad4");
      assert.equal(verdict, "malicious");
    });
  });

  test("a hundred addresses and one set are five requests", async () => {
    await withClient(config(sandbox, { referenceSets: ["bad_ips"] }), async (client) => {
      const values = Array.from({ length: 100 }, (_, at) => `203.0.113.${at}`);
      await sandbox.requests();
      const reports = await client.lookup([...values, ...values]);
      assert.equal(reports.length, 200);
      assert.deepEqual(lines(await sandbox.requests()), [
        "GET /api/reference_data_collections/sets",
        "GET /api/reference_data_collections/set_entries",
        "GET /api/siem/source_addresses",
        "GET /api/siem/local_destination_addresses",
        "GET /api/siem/offenses",
      ]);
    });
  });

  test("syntax in values changes nothing but the literal", async () => {
    const hostile = ["a%_b", "a) or value in (b", "x&filter=id>0", "bad.exampl_", "bad%", "https://a.example/?q=1 or 1=1#x", "☂"];
    for (const report of await qradar.lookup(hostile)) assert.deepEqual([report.query, report.found, report.error], [report.query, false, null]);
    const quoted = ['a" or value != "b', "a' or '1'='1", "a\\", "a\u0000b", "a\nb"];
    for (const report of await qradar.lookup(quoted)) assert.deepEqual([report.query, report.found, report.error.code], [report.query, false, "indicator_invalid"]);
  });

  test("a value that no filter of QRadar's can hold is asked of the other platforms all the same", async () => {
    const { baseUrl, privateClientId: clientId, privateClientSecret: clientSecret } = sandbox.threatq;
    const auth = { grant: "client_credentials", clientId, clientSecret };
    await withClient({ platform: "threatq", baseUrl, allowInsecureLoopback: true, auth }, async (threatq) => {
      const { reports } = await ioc.lookup("http://bad.example/it's", [qradar, threatq]);
      assert.deepEqual(reports.map(({ platform, error }) => [platform, error?.code]), [["qradar", "indicator_invalid"], ["threatq", undefined]]);
      assert.equal((await errorOf(ioc.lookup("", [qradar, threatq]))).code, "indicator_invalid");
    });
  });

  test("one look-up asks both platforms, and the worst verdict and highest score are the result's", async () => {
    const { baseUrl, privateClientId: clientId, privateClientSecret: clientSecret } = sandbox.threatq;
    const auth = { grant: "client_credentials", clientId, clientSecret };
    await withClient({ platform: "threatq", baseUrl, allowInsecureLoopback: true, auth }, async (threatq) => {
      const result = await ioc.lookup("203.0.113.9", [threatq, qradar]);
      assert.deepEqual([result.verdict, result.score], ["malicious", 80]);
      assert.deepEqual(result.reports.map(({ platform, score }) => [platform, score]), [["threatq", 80], ["qradar", 70]]);
    });
  });

  test("events are searched on demand, and a quote in a value stays in its literal", async () => {
    await withClient(config(sandbox, { referenceSets: [], ariel: { hours: 24 * 8 } }), async (client) => {
      await sandbox.requests();
      const [address, url, nobody] = await client.lookup(["203.0.113.9", "http://bad.example/gate.php", "http://bad.example/it's'--"]);
      assert.deepEqual([address.found, url.found, nobody.found], [true, true, false]);
      assert.equal(url.verdict, "unknown", "seen is not bad");
      assert.ok(url.attributes.some(({ name, value }) => name === "hits" && Number(value) > 0));
      assert.ok(url.firstSeen <= url.lastSeen);
      const sent = lines(await sandbox.requests());
      assert.equal(sent.filter((line) => line === "POST /api/ariel/searches").length, 2);
      assert.equal(sent.filter((line) => line.startsWith("DELETE /api/ariel/searches/")).length, 2);
    });
  });

  test("kinds whose column a console lacks are left out, with a warning", async () => {
    const bare = await startSandbox("--qradar-set", "no_custom_properties=yes");
    const events = [];
    const onEvent = ({ type, message }) => type === "warning" && events.push(message);
    await withClient(config(bare, { referenceSets: [], ariel: { hours: 24 }, onEvent }), async (client) => {
      const [address, name] = await client.lookup(["203.0.113.9", "bad.example"]);
      assert.deepEqual([address.found, name.found, name.error], [true, false, null]);
      assert.equal(events.length, 1);
    });
    await bare.stop();
  });

  test("the older API of reference sets gives the same reports", async () => {
    const old = await startSandbox("--qradar-set", "api_version=15");
    const values = ["203.0.113.9", "bad.example", "2001:db8::bad:1", "192.0.2.128/25", "198.51.100.23", "nobody.example"];
    const told = (reports) => reports.map(({ value, found, verdict, score, tags }) => ({ value, found, verdict, score, tags }));
    await withClient(config(old), async (client) => assert.deepEqual(told(await client.lookup(values)), told(await qradar.lookup(values))));
    await old.stop();
  });
});

test("the feed has every entry once, page by page, the latest first", async () => {
  const seen = [];
  const progress = [];
  for await (const page of qradar.indicatorFeed({ pageSize: 20, onProgress: (step) => progress.push(step) })) seen.push(...page);
  const { done, total } = progress.at(-1);
  assert.deepEqual([done, seen.length], [total, total]);
  assert.equal(new Set(seen.map(({ id }) => id)).size, total);
  assert.deepEqual([...new Set(seen.map(({ label }) => label))].sort(), [...SETS].sort());
  const address = seen.find(({ value, label }) => value === "203.0.113.9" && label === "bad_ips");
  assert.deepEqual([address.kind, address.verdict, address.source], ["ipv4", "malicious", "qradar"]);
  const ips = [];
  for await (const page of qradar.indicatorFeed({ kinds: ["ipv4"] })) ips.push(...page);
  assert.deepEqual([...new Set(ips.map(({ kind }) => kind))], ["ipv4"]);
});

describe("referenceSets", () => {
  test("list gives the console's sets", async () => {
    const names = (await qradar.referenceSets.list()).map(({ name }) => name);
    for (const name of SETS) assert.ok(names.includes(name), name);
  });

  test("add, contains and remove, one and many", async () => {
    const [one, two, three] = [fresh(), fresh(), `it's "${fresh()}`];
    assert.equal(await qradar.referenceSets.add("watch", [one]), undefined);
    await qradar.referenceSets.add("watch", [one, two, three]);
    assert.deepEqual(await qradar.referenceSets.contains("watch", [one, fresh(), two]), [true, false, true]);
    assert.equal((await qradar.lookup(one)).found, true);
    assert.equal(await qradar.referenceSets.remove("watch", [one, two, fresh()]), undefined);
    assert.deepEqual(await qradar.referenceSets.contains("watch", [one, two]), [false, false]);
    const error = await errorOf(qradar.referenceSets.contains("watch", [three]));
    assert.equal(error.code, "indicator_invalid");
  });

  test("what does not fit the type of the set is refused, and is in it for nobody", async () => {
    const one = await errorOf(qradar.referenceSets.add("watch_ips", ["no address"]));
    assert.deepEqual([one.code, one.status], ["request_rejected", 422]);
    const many = await errorOf(qradar.referenceSets.add("watch_ips", ["198.51.100.77", "no address"]));
    assert.equal(many.code, "request_rejected");
    assert.ok(many.oauthErrorDescription.length > 0);
    assert.deepEqual(await qradar.referenceSets.contains("watch_ips", ["no address", "2001:db8:0::99"]), [false, false]);
    await errorOf(qradar.referenceSets.add("no such set", ["a"])).then((error) => assert.deepEqual([error.code, error.reason], ["not_found", "no such set"]));
  });

  test("the older API does the same", async () => {
    const old = await startSandbox("--qradar-set", "api_version=15");
    await withClient(config(old), async (client) => {
      const value = `a/b ${fresh()}`;
      await client.referenceSets.add("watch", [value, fresh()]);
      assert.deepEqual(await client.referenceSets.contains("watch", [value]), [true]);
      await client.referenceSets.remove("watch", [value, fresh()]);
      assert.deepEqual(await client.referenceSets.contains("watch", [value]), [false]);
    });
    await old.stop();
  });
});

test("offenses of sources and victims come once, the highest id first", async () => {
  const offenses = await qradar.offenses(["203[.]0.113.9", "192.0.2.78"]);
  assert.deepEqual(offenses.map(({ id }) => id), [103, 102]);
  assert.deepEqual(await qradar.offenses([]), []);
  assert.equal((await errorOf(qradar.offenses(["bad.example"]))).code, "indicator_invalid");
});

describe("ariel.search", () => {
  const ALL = "SELECT sourceip, starttime FROM events ORDER BY starttime DESC LIMIT 1500 LAST 8 DAYS";

  test("runs a query and leaves nothing behind", async () => {
    await sandbox.requests();
    const rows = await qradar.ariel.search(ioc.aql`SELECT sourceip, COUNT(*) AS hits FROM events WHERE sourceip = ${"203.0.113.9"} GROUP BY sourceip LIMIT 5 LAST 8 DAYS`);
    assert.deepEqual(rows.map(({ sourceip }) => sourceip), ["203.0.113.9"]);
    const sent = lines(await sandbox.requests());
    assert.equal(sent[0], "POST /api/ariel/searches");
    assert.match(sent.at(-1), /^DELETE \/api\/ariel\/searches\//);
    assert.deepEqual(await (await qradar.request("/api/ariel/searches")).json(), []);
  });

  test("reads no more rows than are wanted, and tells its progress", async () => {
    const progress = [];
    const rows = await qradar.ariel.search(ALL, { maxRows: 7, onProgress: (step) => progress.push(step) });
    assert.equal(rows.length, 7);
    assert.deepEqual(progress.at(-1), { done: 100, total: 100 });
    const all = await qradar.ariel.search("SELECT * FROM flows LIMIT 300 LAST 8 DAYS");
    assert.equal(all.length, 300);
  });

  test("a query that the console does not understand is aql_invalid, with its words", async () => {
    for (const query of ["SELECT nothing FROM events LIMIT 1 LAST 1 HOURS", "DROP TABLE events", "SELECT * FROM events LIMIT 1 LAST 1 HOURS; SELECT 1"]) {
      const error = await errorOf(qradar.ariel.search(query));
      assert.deepEqual([error.code, error.status, error.category], ["aql_invalid", 422, "input"]);
      assert.ok(error.oauthErrorDescription.length > 0);
    }
  });

  test("quotes of the caller's find what they say", async () => {
    for (const name of ["o'hara", "' OR '1'='1", "%", "_", "\\", "\\' OR 1=1 --"]) {
      const query = ioc.aql`SELECT username FROM events WHERE username = ${name} LIMIT 5 LAST 8 DAYS`;
      for (const { username } of await qradar.ariel.search(query)) assert.equal(username, name);
    }
  });

  test("one that never ends stops at the deadline, and is cancelled on the console", async () => {
    const slow = await startSandbox("--qradar-set", "ariel_delay_ms=600000");
    await withClient(config(slow), async (client) => {
      await slow.requests();
      const error = await errorOf(client.ariel.search(ALL, { timeoutMs: 600 }));
      assert.deepEqual([error.code, error.reason], ["timeout", "total"]);
      await cancelled(slow, client);
    });
    await slow.stop();
  });

  test("an abort cancels and deletes it", async () => {
    const slow = await startSandbox("--qradar-set", "ariel_delay_ms=600000");
    const created = new AbortController();
    const onEvent = ({ type, status }) => type === "request" && status === 201 && created.abort(new Error("enough"));
    await withClient(config(slow, { onEvent }), async (client) => {
      await slow.requests();
      const error = await errorOf(client.ariel.search(ALL, { signal: created.signal }));
      assert.deepEqual([error.code, error.cause.message], ["aborted", "enough"]);
      await cancelled(slow, client);
    });
    await slow.stop();
  });

  /** Waits until the search was cancelled and deleted. Each look is a request, so nothing waits for nothing. */
  async function cancelled(slow, client) {
    const sent = [];
    while (!sent.some((line) => line.startsWith("DELETE /api/ariel/searches/"))) sent.push(...lines(await slow.requests()));
    assert.ok(sent.some((line) => line.startsWith("POST /api/ariel/searches/")), sent.join());
    assert.deepEqual(await (await client.request("/api/ariel/searches")).json(), []);
  }
});

describe("check", () => {
  const failedStep = async (configuration) => {
    const check = await withClient(configuration, (client) => client.check());
    assert.equal(check.ok, false);
    const [failed] = check.steps.filter(({ status }) => status === "failed");
    return failed;
  };

  test("all steps are ok with the right settings, and the version is told", async () => {
    for (const auth of ["sec", "app"]) {
      const check = await withClient(config(sandbox, { auth, ariel: { hours: 1 } }), (client) => client.check());
      assert.deepEqual([check.ok, check.apiVersion], [true, "26.0"], JSON.stringify(check));
      assert.ok(check.latencyMs >= 0);
    }
  });

  test("what is wrong is named, with advice", async () => {
    const other = { secToken: "00000000-0000-0000-0000-000000000000" };
    const wrongSecret = { ...config(sandbox, { auth: "app" }).auth, clientSecret: "wrong" };
    const rows = [
      ["credentials", config(sandbox, { auth: "undeployed" }), /Deploy Changes/],
      ["credentials", config(sandbox, { auth: "expired" }), /expired/],
      ["credentials", config(sandbox, { auth: other }), /wrong/],
      ["clientId", config(sandbox, { auth: wrongSecret }), /secret/],
      ["permissions", config(sandbox, { auth: "reference" }), /offenses/],
      ["permissions", config(sandbox, { auth: "offenses" }), /reference sets/],
      ["permissions", config(sandbox, { auth: "offenses", referenceSets: [], ariel: { hours: 1 } }), /events/],
      ["baseUrl", { ...config(sandbox), baseUrl: `${sandbox.access.qradar.baseUrl}/elsewhere` }, /no QRadar/],
      ["reachable", { ...config(sandbox), baseUrl: "http://127.0.0.1:9", retry: { maxRetries: 0 } }, /No connection/],
    ];
    for (const [step, configuration, advice] of rows) {
      const failed = await failedStep(configuration);
      assert.equal(failed.step, step, JSON.stringify(failed));
      assert.match(failed.advice, advice);
    }
  });

  test("a version that the console does not serve is apiType", async () => {
    const strict = await startSandbox("--qradar-set", "strict_versions=yes");
    assert.equal((await failedStep(config(strict, { apiVersion: "12.0" }))).step, "apiType");
    await strict.stop();
  });
});

test("an account that may not is forbidden, without a renewal", async () => {
  await withClient(config(sandbox, { auth: "events" }), async (client) => {
    await sandbox.requests();
    const error = await errorOf(client.offenses(["203.0.113.9"]));
    assert.deepEqual([error.code, error.status, error.retryable], ["forbidden", 403, false]);
    assert.equal((await sandbox.requests()).length, 1);
  });
});
