// toStix: what a bundle holds. That it is STIX is told by the standard's own validator, in tests/conformance.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, describe, test } from "node:test";

import { entry } from "../support/project.mjs";
import { everyKind, ignorant, report, result } from "./known.mjs";

let toStix;
before(async () => {
  ({ toStix } = await import(entry()));
});

const objectsOf = (results) => toStix(results).objects ?? [];
const ofType = (results, type) => objectsOf(results).filter((object) => object.type === type);
const [RED, AMBER] = ["marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"];

/** UUIDv5 by Node's own SHA-1. */
function uuid5(namespace, name) {
  const hash = createHash("sha1").update(Buffer.from(namespace.replaceAll("-", ""), "hex")).update(name).digest().subarray(0, 16);
  hash[6] = (hash[6] & 0x0f) | 0x50;
  hash[8] = (hash[8] & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

test("every kind has its pattern", () => {
  assert.deepEqual(ofType(everyKind(), "indicator").map(({ pattern }) => pattern), [
    "[ipv4-addr:value = '198.51.100.3']",
    "[ipv6-addr:value = '2001:db8::1']",
    "[ipv4-addr:value ISSUBSET '10.0.0.0/8']",
    "[domain-name:value = 'bad.example']",
    "[url:value = 'http://bad.example/it\\'s|here?a=[b]^#c{d}']",
    "[email-addr:value = 'billing@bad.example']",
    "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']",
    "[file:hashes.'SHA-1' = 'da39a3ee5e6b4b0d3255bfef95601890afd80709']",
    "[file:hashes.'SHA-256' = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855']",
    "[file:hashes.'SHA-512' = 'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e']",
    "[file:hashes.SSDEEP = '3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C']",
    "[autonomous-system:number = 64500]",
  ]);
});

test("quotes and backslashes end no string of a pattern", () => {
  const [{ pattern }] = ofType(result({ value: "a\\' OR '1' = '1\\" }), "indicator");
  assert.equal(pattern, String.raw`[domain-name:value = 'a\\\' OR \'1\' = \'1\\']`);
});

test("a URL is observed as a URI: what browsers leave as it is, is encoded", () => {
  const value = (url) => ofType(result({ kind: "url", value: url }, ignorant()), "url")[0].value;
  assert.equal(value("http://bad.example/it's|here?a=[b]^#c{d}#e"), "http://bad.example/it's%7Chere?a=%5Bb%5D%5E#c%7Bd%7D%23e");
  assert.equal(value("http://[2001:db8::1]:8080/a%20b%zz"), "http://[2001:db8::1]:8080/a%20b%25zz");
  assert.equal(value("https://bad.example/"), "https://bad.example/");
});

test("an observable has the id that every producer gives it", () => {
  const namespace = "00abedb4-aa42-466c-9c01-fed23315a9b7";
  const names = { "domain-name": '{"value":"bad.example"}', "autonomous-system": '{"number":64500}', file: '{"hashes":{"MD5":"d41d8cd98f00b204e9800998ecf8427e"}}' };
  for (const [type, name] of Object.entries(names)) {
    assert.equal(ofType(everyKind(), type)[0].id, `${type}--${uuid5(namespace, name)}`);
  }
});

test("ids are right for texts of every length around a block of the hash", () => {
  for (let length = 0; length < 140; length += 1) {
    const value = "ü".repeat(length);
    const [observable] = objectsOf(result({ value }, ignorant()));
    assert.equal(observable.id, `domain-name--${uuid5("00abedb4-aa42-466c-9c01-fed23315a9b7", JSON.stringify({ value }))}`);
  }
});

test("the same results make the same bundle, and a change makes another", () => {
  assert.equal(JSON.stringify(toStix(everyKind())), JSON.stringify(toStix(everyKind())));
  assert.notEqual(toStix(result()).id, toStix(result({ score: 94 })).id);
  const twice = objectsOf([result(), result()]);
  assert.equal(new Set(twice.map(({ id }) => id)).size, twice.length);
});

test("an indicator says what the platforms say", () => {
  const [indicator] = ofType(result({}, report(), report({ platform: "taegis", name: "mine", tags: ["c2", "rat"], link: null, status: null })), "indicator");
  assert.deepEqual(indicator.indicator_types, ["malicious-activity"]);
  assert.deepEqual([indicator.confidence, indicator.valid_from, indicator.valid_until], [95, "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]);
  assert.deepEqual(indicator.labels, ["c2", "rat"]);
  assert.deepEqual(indicator.external_references, [
    { source_name: "threatq", description: "verdict malicious, score 95, status Active, https://tq.example.com/indicators/1/details" },
    { source_name: "mine", description: "verdict malicious, score 95" },
  ]);
});

describe("verdicts become indicator types:", () => {
  for (const [verdict, type] of Object.entries({ malicious: "malicious-activity", suspicious: "anomalous-activity", benign: "benign", unknown: "unknown" })) {
    test(verdict, () => assert.deepEqual(ofType(result({ verdict }), "indicator")[0].indicator_types, [type]));
  }
});

test("objects hang together: observation, sightings, and what is related", () => {
  const objects = objectsOf(result());
  const ids = new Map(objects.map(({ id, type }) => [id, type]));
  const links = objects
    .filter(({ type }) => type === "relationship")
    .map(({ source_ref, relationship_type, target_ref }) => [ids.get(source_ref), relationship_type, ids.get(target_ref)]);
  assert.deepEqual(links, [["indicator", "based-on", "observed-data"], ["indicator", "indicates", "malware"], ["indicator", "indicates", "threat-actor"]]);
  const [sighting] = ofType(result(), "sighting");
  assert.deepEqual([ids.get(sighting.sighting_of_ref), ids.get(sighting.where_sighted_refs[0]), ids.get(sighting.observed_data_refs[0])], ["indicator", "identity", "observed-data"]);
  const [observed] = ofType(result(), "observed-data");
  assert.deepEqual([observed.first_observed, observed.last_observed, ids.get(observed.object_refs[0])], ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z", "domain-name"]);
});

test("a vulnerability has no pattern and stands in the indicator's place", () => {
  const objects = objectsOf(result({ kind: "cve", value: "CVE-2021-44228" }));
  assert.ok(!objects.some(({ type }) => type === "indicator"));
  const [vulnerability] = objects.filter(({ type }) => type === "vulnerability");
  assert.deepEqual(vulnerability.external_references[0], { source_name: "cve", external_id: "CVE-2021-44228" });
  assert.equal(objects.find(({ relationship_type }) => relationship_type === "exploits").target_ref, vulnerability.id);
  assert.equal(objects.find(({ relationship_type }) => relationship_type === "targets").target_ref, vulnerability.id);
});

test("what nobody knows is an observable and nothing else; what is no indicator is nothing", () => {
  assert.deepEqual(objectsOf(result({ verdict: "unknown", score: null }, ignorant())).map(({ type }) => type), ["domain-name"]);
  assert.deepEqual(toStix([result({ kind: null, value: "no idea" })]).objects, undefined);
  assert.equal(toStix([]).type, "bundle");
});

test("where nobody tells a time, nothing was observed and nothing is invented", () => {
  const objects = objectsOf(result({}, report({ firstSeen: null, lastSeen: null, expiresAt: null, related: [] })));
  assert.ok(!objects.some(({ type }) => type === "observed-data"));
  const indicator = objects.find(({ type }) => type === "indicator");
  assert.deepEqual([indicator.valid_from, indicator.valid_until], ["1970-01-01T00:00:00.000Z", undefined]);
});

test("an end counts only where all platforms name one, and after the beginning", () => {
  const until = (...ends) => ofType(result({}, ...ends.map((expiresAt) => report({ expiresAt }))), "indicator")[0].valid_until;
  assert.equal(until("2027-01-01T00:00:00Z", "2026-06-01T00:00:00Z"), "2027-01-01T00:00:00.000Z");
  assert.equal(until("2027-01-01T00:00:00Z", null), undefined);
  assert.equal(until("2025-01-01T00:00:00Z"), undefined);
});

test("the strictest marking holds for all; AMBER+STRICT, which the standard does not know, is marked no wider than it is", () => {
  const marking = (...tlps) => ofType(result({}, ...tlps.map((tlp, index) => report({ tlp, name: `p${index}` }))), "indicator")[0].object_marking_refs;
  assert.deepEqual(marking("AMBER", "GREEN"), [AMBER]);
  assert.deepEqual(marking("AMBER+STRICT", "AMBER"), [RED]);
  assert.deepEqual(marking("RED", "CLEAR"), [RED]);
  assert.equal(marking(null), undefined);
  assert.equal(marking("anything"), undefined);
});

test("what is no result is refused with a LookupError", () => {
  for (const wrong of [undefined, null, "bad.example", {}, [{}], { value: 1, reports: [] }]) {
    assert.throws(() => toStix(wrong), { name: "LookupError", code: "config_invalid", reason: "results" });
  }
});
