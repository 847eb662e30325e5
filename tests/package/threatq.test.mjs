// Every method of the ThreatQ client against the sandbox.

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

const collect = async (iterable) => {
  const all = [];
  for await (const each of iterable) all.push(each);
  return all;
};

let serial = 0;
/** A value that no other test of this file uses. */
const fresh = () => `test-${(serial += 1)}.example`;
const create = async (more = {}) => (await threatq.indicators.create({ value: fresh(), type: "FQDN", status: "Active", sources: [{ name: "Package Test" }], ...more }))[0];

describe("indicators", () => {
  test("list finds by exact value and tells the total", async () => {
    const page = await threatq.indicators.list({ value: "example.com", limit: 5, with: ["score", "sources", "attributes", "status", "type"] });
    assert.deepEqual([page.total, page.offset, page.limit, page.data.length], [1, 0, 5, 1]);
    const [record] = page.data;
    assert.equal(record.value, "example.com");
    assert.equal(record.type.name, "FQDN");
    assert.equal(record.status.name, "Review");
    assert.deepEqual(record.sources.map(({ name }) => name).sort(), ["ArcSight", "CG's Email"]);
  });

  test("list pages by offset, sorts, and filters by any column", async () => {
    const first = await threatq.indicators.list({ limit: 3, sort: "id" });
    const second = await threatq.indicators.list({ limit: 3, offset: 3, sort: "id" });
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    assert.deepEqual(ids, [...ids].sort((a, b) => a - b));
    assert.equal(new Set(ids).size, 6);
    assert.ok(first.total > 200);
    const { data: [one] } = await threatq.indicators.list({ id: ids[4], limit: 10 });
    assert.equal(one.id, ids[4]);
  });

  test("iterate yields every record once, page by page, and tells its progress", async () => {
    const progress = [];
    const records = await collect(threatq.indicators.iterate({ limit: 50, sort: "id" }, { onProgress: (step) => progress.push(step) }));
    const { total } = await threatq.indicators.list({ limit: 1 });
    assert.equal(records.length, total);
    assert.equal(new Set(records.map(({ id }) => id)).size, total);
    assert.deepEqual(progress.at(-1), { done: total, total });
  });

  test("iterate asks for a page only when it is needed", async () => {
    await sandbox.requests();
    for await (const record of threatq.indicators.iterate({ limit: 10 })) {
      assert.ok(record.id);
      break;
    }
    assert.equal((await sandbox.requests()).length, 1);
  });

  test("get gives one record, and an unknown id is not_found", async () => {
    const { data: [{ id }] } = await threatq.indicators.list({ value: "bad.example", limit: 1 });
    const record = await threatq.indicators.get(id, { with: ["adversaries", "tags"] });
    assert.equal(record.value, "bad.example");
    assert.deepEqual(record.adversaries.map(({ name }) => name), ["Sample Bear"]);
    await assert.rejects(threatq.indicators.get(99_999_999), { name: "LookupError", code: "not_found", status: 404 });
  });

  test("query selects by criteria and narrows by filters", async () => {
    const page = await threatq.indicators.query({ criteria: { "+or": [{ value: "example.com" }, { value: "bad.example" }] }, filters: { score: { "+gte": 8 } }, fields: ["id", "value", "score"] }, { limit: 10, offset: 0 });
    assert.deepEqual([page.total, page.limit, page.offset], [1, 10, 0]);
    assert.deepEqual(page.data.map(({ value, score }) => [value, score]), [["bad.example", 9]]);
  });

  test("query pages by cursor until it repeats", async () => {
    const ids = [];
    let cursor = "*";
    for (let turn = 0; turn < 100; turn += 1) {
      const page = await threatq.indicators.query({ fields: ["id"] }, { limit: 40, sort: "id", cursor });
      ids.push(...page.data.map(({ id }) => id));
      if (!page.nextCursor || page.nextCursor === cursor) break;
      cursor = page.nextCursor;
    }
    const { total } = await threatq.indicators.list({ limit: 1 });
    assert.equal(new Set(ids).size, total);
    assert.equal(ids.length, total);
  });

  test("create stores one with all its members", async () => {
    const value = fresh();
    const [created] = await threatq.indicators.create({
      value, type: "FQDN", status: "Review", description: "Made by a test.",
      sources: [{ name: "Package Test", tlp: "AMBER", publishedAt: "2026-03-01T00:00:00Z" }], attributes: [{ name: "Port", value: "22" }], tags: ["ssh", "test"],
    });
    assert.ok(Number.isInteger(created.id));
    assert.ok(!created.existing);
    const record = await threatq.indicators.get(created.id, { with: ["sources", "attributes", "tags", "status", "type"] });
    assert.deepEqual([record.value, record.status.name, record.type.name], [value, "Review", "FQDN"]);
    assert.deepEqual(record.sources.map(({ name }) => name), ["Package Test"]);
    assert.equal(record.sources[0].published_at, "2026-03-01 00:00:00");
    assert.deepEqual(record.attributes.map((attribute) => [attribute.name, attribute.value]), [["Port", "22"]]);
    assert.deepEqual(record.tags.map(({ name }) => name).sort(), ["ssh", "test"]);
  });

  test("create stores many, and marks the one that was there", async () => {
    const known = await create();
    const created = await threatq.indicators.create([{ value: fresh(), type: "FQDN" }, { value: known.value, type: "FQDN" }, { value: "203.0.113.200", type: "IP Address" }]);
    assert.equal(created.length, 3);
    assert.deepEqual(created.map(({ existing }) => Boolean(existing)), [false, true, false]);
    assert.equal(created[1].id, known.id);
  });

  test("create with an unknown type is request_rejected", async () => {
    await assert.rejects(threatq.indicators.create({ value: fresh(), type: "No Such Type" }), { code: "request_rejected", status: 400 });
  });

  test("update changes what is named and nothing else", async () => {
    const { id, value } = await create();
    const changed = await threatq.indicators.update(id, { status: "Expired", description: "No longer." });
    assert.equal(changed.id, id);
    const record = await threatq.indicators.get(id, { with: ["status", "sources"] });
    assert.deepEqual([record.value, record.status.name, record.description], [value, "Expired", "No longer."]);
    assert.deepEqual(record.sources.map(({ name }) => name), ["Package Test"]);
  });

  test("setScore sets a score, and null gives the generated one back", async () => {
    const { id, value } = await create();
    await threatq.indicators.setScore(id, 7);
    assert.equal((await threatq.lookup(value)).score, 70);
    await threatq.indicators.setScore(id, null);
    assert.notEqual((await threatq.lookup(value)).score, 70);
    await assert.rejects(threatq.indicators.setScore(99_999_999, 5), { code: "not_found" });
  });

  test("addAttributes, addSources, addTags and addComment add", async () => {
    const { id } = await create();
    const attributes = await threatq.indicators.addAttributes(id, [{ name: "Port", value: "443" }, { name: "Port", value: "8443" }]);
    const sources = await threatq.indicators.addSources(id, [{ name: "Second Source" }, { name: "Third Source" }]);
    const tags = await threatq.indicators.addTags(id, ["one", "two"]);
    assert.deepEqual([attributes.length, sources.length, tags.length], [2, 2, 2]);
    await threatq.indicators.addComment(id, "Seen twice \u2602.");
    const record = await threatq.indicators.get(id, { with: ["attributes", "sources", "tags", "comments"] });
    assert.deepEqual(record.attributes.map((attribute) => attribute.value).sort(), ["443", "8443"]);
    assert.deepEqual(record.sources.map(({ name }) => name).sort(), ["Package Test", "Second Source", "Third Source"]);
    assert.deepEqual(record.tags.map(({ name }) => name).sort(), ["one", "two"]);
    assert.deepEqual(record.comments.map((comment) => comment.value), ["Seen twice \u2602."]);
  });

  test("delete removes", async () => {
    const { id } = await create();
    assert.equal(await threatq.indicators.delete(id), undefined);
    await assert.rejects(threatq.indicators.get(id), { code: "not_found" });
    await assert.rejects(threatq.indicators.delete(id), { code: "not_found" });
  });

  test("types and statuses are the platform's lists, whole", async () => {
    const types = await threatq.indicators.types();
    const byName = new Map(types.map((type) => [type.name, type]));
    assert.equal(types.length, 34);
    assert.deepEqual([byName.get("FQDN").class, byName.get("MD5").class], ["network", "host"]);
    const statuses = await threatq.indicators.statuses();
    assert.deepEqual(statuses.slice(0, 5).map(({ name }) => name), ["Active", "Expired", "Indirect", "Review", "Whitelisted"]);
  });

  test("values with every special character come back as they went", async () => {
    for (const value of ["http://q.example/a?b=1,2&c=50%25#d", "http://q.example/%E2%98%82/ü", "a \"quoted\" <value>", "50%", "back\\slash"]) {
      const [{ id }] = await threatq.indicators.create({ value, type: "String" });
      assert.equal((await threatq.indicators.get(id)).value, value);
    }
  });
});

describe("events", () => {
  test("create, list, and sort", async () => {
    const event = await threatq.events.create({ title: "Something happened", type: "Sighting", happenedAt: "2026-03-02T10:00:00Z", description: "Told by a test.", sources: [{ name: "Package Test" }] });
    assert.ok(Number.isInteger(event.id));
    assert.equal(event.happened_at, "2026-03-02 10:00:00");
    const page = await threatq.events.list({ limit: 10, sort: "-id", with: ["sources"] });
    assert.equal(page.data[0].title, "Something happened");
    assert.deepEqual([page.limit, page.offset], [10, 0]);
    assert.ok(page.total >= 1);
  });

  test("import takes many, also more than one request may hold", async () => {
    await sandbox.requests();
    const before = (await threatq.events.list({ limit: 1 })).total;
    const events = Array.from({ length: 1_001 }, (_, at) => ({ title: `Event ${at}`, type: "Sighting", happened_at: "2026-03-01 00:00:00" }));
    await threatq.events.import(events);
    assert.equal((await threatq.events.list({ limit: 1 })).total, before + 1_001);
    assert.equal((await sandbox.requests()).filter(({ path }) => path === "/api/events/consume").length, 2);
  });
});

describe("imports", () => {
  const text = "Seen: hxxp://drop[.]example/x.exe and 203.0.113.201, also mail@drop[.]example";

  test("text goes in, parsed indicators come out, nothing is stored until commit", async () => {
    const { id } = await threatq.imports.create({ text, source: "Package Test", normalize: true, status: "Review" });
    assert.ok(Number.isInteger(id));
    const parsed = (await threatq.imports.indicators(id)).map(({ value }) => value);
    assert.ok(parsed.includes("203.0.113.201"), JSON.stringify(parsed));
    assert.equal((await threatq.lookup("203.0.113.201")).found, false);
    await threatq.imports.commit(id);
    const report = await threatq.lookup("203.0.113.201");
    assert.deepEqual([report.found, report.status], [true, "Review"]);
    assert.ok(report.sources.some(({ name }) => name === "Package Test"));
  });

  test("delete drops an import", async () => {
    const { id } = await threatq.imports.create({ text: "203.0.113.202", source: "Package Test" });
    assert.equal(await threatq.imports.delete(id), undefined);
    await assert.rejects(threatq.imports.indicators(id), { code: "not_found" });
    assert.equal((await threatq.lookup("203.0.113.202")).found, false);
  });
});

test("search finds in all objects by a part of the text", async () => {
  const hits = await threatq.search("bad.exam", { limit: 10 });
  assert.ok(hits.some(({ value, object }) => value === "bad.example" && object === "indicator"), JSON.stringify(hits));
  assert.ok(hits.length <= 10);
  assert.deepEqual(await threatq.search("no such text anywhere"), []);
});

describe("check", () => {
  test("all steps are ok with the right settings", async () => {
    const check = await threatq.check();
    assert.equal(check.ok, true, JSON.stringify(check));
    assert.deepEqual(check.steps.filter(({ status }) => status === "failed"), []);
    assert.equal(check.apiVersion, null);
    assert.ok(check.latencyMs >= 0);
  });

  const wrong = [
    ["baseUrl", (config) => ({ ...config, baseUrl: `${config.baseUrl}/elsewhere` })],
    ["clientId", (config) => ({ ...config, auth: { ...config.auth, clientId: "0".repeat(32) } })],
    ["credentials", (config) => ({ ...config, auth: { ...config.auth, password: "Wr0ng-Pass-Phrase" } })],
    ["reachable", (config) => ({ ...config, baseUrl: "http://127.0.0.1:9" })],
  ];
  for (const [step, spoil] of wrong) {
    test(`${step} is named when it is wrong, with advice`, async () => {
      const client = await ioc.createClient(spoil(threatqConfig(sandbox, { auth: "password", retry: { maxRetries: 0 } })));
      const check = await client.check();
      assert.equal(check.ok, false);
      const failed = check.steps.filter(({ status }) => status === "failed");
      assert.deepEqual(failed.map((each) => each.step), [step], JSON.stringify(check));
      assert.ok(failed[0].advice.length > 10);
      assert.ok(!JSON.stringify(check).includes("Wr0ng"));
      client.close();
    });
  }

  test("apiType is named when the other shape would be taken", async () => {
    const strict = await startSandbox("--threatq-set", "token_shapes=beta");
    const client = await ioc.createClient(threatqConfig(strict, { auth: "password", apiType: "standard" }));
    const failed = (await client.check()).steps.filter(({ status }) => status === "failed");
    assert.deepEqual(failed.map(({ step, code }) => [step, code]), [["apiType", "token_request_rejected"]]);
    client.close();
    await strict.stop();
  });
});

describe("permissions", () => {
  test("an observer reads, and may not write: forbidden, without a renewal", async () => {
    const { email, password } = sandbox.user("observer");
    const client = await ioc.createClient(threatqConfig(sandbox, { auth: { grant: "password", email, password, clientId: sandbox.threatq.clientId } }));
    assert.equal((await client.lookup("bad.example")).found, true);
    await sandbox.requests();
    await assert.rejects(client.indicators.create({ value: fresh(), type: "FQDN" }), { code: "forbidden", status: 403, retryable: false });
    assert.deepEqual((await sandbox.requests()).map(({ path, status }) => [path, status]), [["/api/indicators", 403]]);
    client.close();
  });
});

describe("request", () => {
  test("resolves with the platform's answer, and rejects every other status", async () => {
    const response = await threatq.request("/api/users/current");
    assert.ok(response instanceof Response);
    assert.equal((await response.json()).data.group, "analyst");
    await assert.rejects(threatq.request("/api/no/such/path"), { code: "not_found", status: 404 });
  });

  test("sends JSON and query members", async () => {
    const response = await threatq.request("/api/indicators/query", { method: "POST", query: { limit: 1, offset: 0 }, json: { criteria: { value: "example.com" }, fields: ["value"] }, idempotent: true });
    assert.deepEqual((await response.json()).data, [{ value: "example.com" }]);
  });
});
