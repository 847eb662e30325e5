// toEcs and toOcsf: members of events, against extracts of both schemas.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, describe, test } from "node:test";

import { entry } from "../support/project.mjs";
import { everyKind, ignorant, report, result } from "./known.mjs";

const data = async (name) => JSON.parse(await readFile(new URL(`data/${name}`, import.meta.url), "utf8"));
const ecs = await data("ecs-fields.json");
const ocsf = await data("ocsf-osint.json");

let toEcs;
let toOcsf;
before(async () => {
  ({ toEcs, toOcsf } = await import(entry()));
});

const MATCH = { query: "http://a.bad.example/x", value: "http://a.bad.example/x", kind: "url", matchedBy: "parent-domain", matchedValue: "bad.example", score: 80, verdict: "malicious", source: "taegis", id: "w1", label: "c2" };

/** Field names with their values: lists are of their items, as Elasticsearch sees them. */
function* fields(value, path = []) {
  if (Array.isArray(value)) for (const item of value) yield* fields(item, path);
  else if (typeof value === "object") for (const [name, member] of Object.entries(value)) yield* fields(member, [...path, name]);
  else yield [path.join("."), value];
}

const FITS = {
  keyword: (value) => typeof value === "string" && value !== "",
  wildcard: (value) => typeof value === "string" && value !== "",
  long: Number.isSafeInteger,
  ip: (value) => /^[\d.]+$|^[\da-f:]+$/.test(value),
  date: (value) => new Date(value).toISOString().startsWith(value.slice(0, 19)),
};

describe("toEcs", () => {
  test("every field is one of the schema and has its type", () => {
    let seen = 0;
    for (const event of [...everyKind().map(toEcs), toEcs(MATCH)]) {
      for (const [name, value] of fields(event)) {
        assert.ok(ecs.fields[name] !== undefined, `${name} is a field of ECS`);
        assert.ok(FITS[ecs.fields[name]](value), `${name} can be ${value}`);
        seen += 1;
      }
    }
    assert.ok(seen > 200);
  });

  test("a domain that two of three platforms know has two enrichments", () => {
    const { threat } = toEcs(result({ query: "bad[.]example" }, report(), ignorant(), report({ name: "mine", tlp: null, link: null, score: null, firstSeen: null })));
    assert.deepEqual(threat.enrichments, [
      {
        indicator: {
          type: "domain-name",
          url: { domain: "bad.example" },
          name: "bad.example",
          confidence: "High",
          provider: "threatq",
          reference: "https://tq.example.com/indicators/1/details",
          first_seen: "2026-01-01T00:00:00Z",
          last_seen: "2026-02-01T00:00:00Z",
          marking: { tlp: "AMBER", tlp_version: "2.0" },
        },
      },
      { indicator: { type: "domain-name", url: { domain: "bad.example" }, name: "bad.example", confidence: "Not Specified", provider: "mine", last_seen: "2026-02-01T00:00:00Z" } },
    ]);
    assert.deepEqual(toEcs(result({}, ignorant())), { threat: { enrichments: [] } });
  });

  test("every kind has its place", () => {
    const placed = everyKind().map((each) => {
      const { name, confidence, provider, reference, first_seen, last_seen, marking, ...rest } = toEcs(each).threat.enrichments[0].indicator;
      return Object.keys(rest).join(" ");
    });
    assert.deepEqual(placed, ["type ip", "type ip", "type description", "type url", "type url", "type email", "type file", "type file", "type file", "type file", "type file", "", "type as"]);
    const cve = toEcs(everyKind()[11]);
    assert.deepEqual(cve.vulnerability, { id: "CVE-2021-44228" });
  });

  test("a score becomes a rating at its bounds", () => {
    const rating = (score) => toEcs(result({}, report({ score }))).threat.enrichments[0].indicator.confidence;
    assert.deepEqual([100, 70, 69, 40, 39, 1, 0, null].map(rating), ["High", "High", "Medium", "Medium", "Low", "Low", "None", "Not Specified"]);
  });

  test("a match says what matched, as the entry of the list it is", () => {
    assert.deepEqual(toEcs(MATCH).threat.enrichments, [
      { indicator: { type: "domain-name", url: { domain: "bad.example" }, name: "bad.example", confidence: "High", provider: "taegis" }, matched: { atomic: "bad.example", id: "w1", type: "indicator_match_rule" } },
    ]);
    const network = { ...MATCH, kind: "ipv4", value: "10.1.2.3", matchedBy: "cidr", matchedValue: "10.0.0.0/8", source: null, id: null, label: null };
    assert.deepEqual(toEcs(network).threat.enrichments, [
      { indicator: { type: "ipv4-addr", description: "10.0.0.0/8", name: "10.0.0.0/8", confidence: "High" }, matched: { atomic: "10.0.0.0/8", type: "indicator_match_rule" } },
    ]);
  });
});

describe("toOcsf", () => {
  const names = new Set([...ocsf.required, ...ocsf.recommended, ...ocsf.optional]);

  test("what is required is there, all else is of the schema, and enumerations hold", () => {
    const all = [...everyKind(), result({ kind: null, value: "no idea" })].flatMap((each) => toOcsf(each).osint).concat(toOcsf(MATCH).osint);
    assert.equal(all.length, 13 * 2 + 1 + 1);
    for (const osint of all) {
      for (const name of ocsf.required) assert.ok(Object.hasOwn(osint, name), name);
      assert.deepEqual(Object.keys(osint).filter((name) => !names.has(name)), []);
      assert.equal(ocsf.type_id[osint.type_id], osint.type);
      assert.ok(osint.tlp === undefined || ocsf.tlp.includes(osint.tlp), osint.tlp);
      assert.ok(osint.expiration_time === undefined || Number.isSafeInteger(osint.expiration_time));
    }
  });

  test("a domain of two platforms", () => {
    assert.deepEqual(toOcsf(result({}, report(), report({ platform: "taegis", name: "mine", tlp: "AMBER+STRICT", tags: [], link: null, expiresAt: null, score: 40 }))).osint, [
      { type_id: 2, type: "Domain", value: "bad.example", confidence_id: 3, confidence: "High", tlp: "AMBER", src_url: "https://tq.example.com/indicators/1/details", vendor_name: "ThreatQ", labels: ["c2"], expiration_time: 1_798_761_600_000 },
      { type_id: 2, type: "Domain", value: "bad.example", confidence_id: 2, confidence: "Medium", tlp: "AMBER STRICT", vendor_name: "Taegis" },
    ]);
  });

  test("networks and systems have members of their own", () => {
    const first = (kind, value) => toOcsf(result({ kind, value })).osint[0];
    assert.equal(first("cidr", "10.0.0.0/8").subnet, "10.0.0.0/8");
    assert.deepEqual(first("asn", "AS64500").autonomous_system, { number: 64_500 });
  });
});

test("what is neither result nor match is refused with a LookupError", () => {
  for (const wrong of [undefined, null, "x", {}, [], { matchedBy: "exact" }]) {
    for (const convert of [toEcs, toOcsf]) assert.throws(() => convert(wrong), { name: "LookupError", code: "config_invalid", reason: "result" });
  }
});
