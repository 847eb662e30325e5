// STIX 2.1: results as one bundle. The same results make the same bundle, byte for byte: ids are made of what they stand
// for, and times are those of the reports.
//
//     identity <-- where sighted -- sighting -- of --> indicator -- based-on --> observed-data --> observable
//                                                          \-- indicates --> malware, threat-actor
//
// A CVE is a `vulnerability`, which has no pattern: it stands in the indicator's place.

import { asNumber, markingOf, present, resultsOf, strictest } from "./given.js";
import { nameUuid } from "./uuid.js";

/** The standard's own namespace, for observables: what two producers see has the same id (section 2.9). */
const OBSERVABLES = "00abedb4-aa42-466c-9c01-fed23315a9b7";
/** Ours, for everything else. */
const OURS = "8d1c1f6e-3a0b-5e6b-9c3e-2f4d0a7b6c51";
/** When nobody tells a time: valid since ever. */
const EVER = "1970-01-01T00:00:00.000Z";

/** Markings that the standard defines (section 7.2.1.4). It knows TLP 1.0: the stricter one stands for AMBER+STRICT. */
const MARKINGS = {
  CLEAR: "613f2e26-407d-48c7-9eca-b8e91df99dc9",
  GREEN: "34098fce-860f-48ae-8e50-ebd3cc5e41da",
  AMBER: "f88d31f6-486f-44da-b317-01333bde0b82",
  "AMBER+STRICT": "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
  RED: "5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
};

const INDICATOR_TYPES = { malicious: "malicious-activity", suspicious: "anomalous-activity", benign: "benign", unknown: "unknown" };

/** The members that make an observable what it is, and the path that a pattern compares. */
const OBSERVABLE = {
  ipv4: (value) => ["ipv4-addr", { value }],
  ipv6: (value) => ["ipv6-addr", { value }],
  cidr: (value) => [value.includes(":") ? "ipv6-addr" : "ipv4-addr", { value }, "value ISSUBSET"],
  domain: (value) => ["domain-name", { value }],
  url: (value) => ["url", { value: uriOf(value) }],
  email: (value) => ["email-addr", { value }],
  md5: (value) => hash("MD5", value),
  sha1: (value) => hash("SHA-1", value),
  sha256: (value) => hash("SHA-256", value),
  sha512: (value) => hash("SHA-512", value),
  ssdeep: (value) => hash("SSDEEP", value),
  asn: (value) => ["autonomous-system", { number: asNumber(value) }, "number ="],
};

function hash(algorithm, value) {
  const path = algorithm.includes("-") ? `hashes.'${algorithm}'` : `hashes.${algorithm}`;
  return ["file", { hashes: { [algorithm]: value } }, `${path} =`];
}

/** A URL as a URI of RFC 3986, which the standard wants: browsers leave more characters as they are. */
function uriOf(url) {
  const [, origin, path, fragment = ""] = url.match(/^((?:[^:/?#]+:)?(?:\/\/[^/?#]*)?)([^#]*)(#.*)?$/su);
  const encoded = (text) => text.replaceAll(/%(?![\da-f]{2})|[^\w\-.~:/?@!$&'()*+,;=%]/giu, (sign) => `%${hex(sign)}`);
  return origin + encoded(path) + fragment.slice(0, 1) + encoded(fragment.slice(1));
}

function hex(sign) {
  return [...new TextEncoder().encode(sign)].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("%");
}

/** What platforms relate an indicator with, as objects of the standard. Reports have no time of publication here. */
const RELATED = {
  malware: (name) => ({ type: "malware", name, is_family: true }),
  adversary: (name) => ({ type: "threat-actor", name }),
};
/** How an indicator, and a vulnerability, relate to them. */
const RELATIONS = { indicator: { malware: "indicates", adversary: "indicates" }, vulnerability: { malware: "exploits", adversary: "targets" } };

/** Results as a bundle. */
export function toStix(results) {
  const objects = new Map();
  for (const result of resultsOf(results)) {
    for (const object of describe(result)) objects.set(object.id, object);
  }
  const list = [...objects.values()];
  return present({ type: "bundle", id: `bundle--${ownUuid(list)}`, objects: list });
}

/** The objects of one result. A value that is no indicator has none. */
function describe({ value, kind, verdict, score, reports }) {
  const found = reports.filter((report) => report.found);
  const times = timesOf(found);
  const marking = strictest(found.map(({ tlp }) => markingOf(tlp)).filter((tlp) => tlp !== null));
  const common = { ...stamped(times), object_marking_refs: marked(marking) };
  if (kind === "cve") {
    const subject = vulnerabilityOf(value, found, common);
    return [subject, ...found.flatMap((report) => sightingOf(report, subject, [])), ...relatedTo(subject, found, common)];
  }
  if (OBSERVABLE[kind] === undefined) return [];
  const [type, members, comparison = "value ="] = OBSERVABLE[kind](value);
  const observable = { type, spec_version: "2.1", id: `${type}--${nameUuid(OBSERVABLES, JSON.stringify(members))}`, ...members };
  if (found.length === 0) return [observable];
  const indicator = own("indicator", [kind, value], {
    ...common,
    name: value,
    description: knownTo(found),
    indicator_types: [INDICATOR_TYPES[verdict] ?? "unknown"],
    pattern: `[${type}:${comparison} ${type === "autonomous-system" ? members.number : quoted(value)}]`,
    pattern_type: "stix",
    pattern_version: "2.1",
    valid_from: times.first ?? EVER,
    valid_until: endOf(found, times.first ?? EVER),
    confidence: score,
    labels: [...new Set(found.flatMap(({ tags }) => tags))],
    external_references: found.map(referenceOf),
  });
  const observed = observedData(observable, times, common);
  const base = observed ?? observable;
  return [
    observable,
    ...(observed ? [observed] : []),
    indicator,
    relation(indicator, observed ? "based-on" : "related-to", base, common),
    ...found.flatMap((report) => sightingOf(report, indicator, observed ? [observed.id] : [])),
    ...relatedTo(indicator, found, common),
  ];
}

function vulnerabilityOf(value, found, common) {
  return own("vulnerability", [value], {
    ...common,
    name: value,
    description: found.length > 0 ? knownTo(found) : null,
    labels: [...new Set(found.flatMap(({ tags }) => tags))],
    external_references: [{ source_name: "cve", external_id: value }, ...found.map(referenceOf)],
  });
}

/** That the value was seen; where nobody tells when, nothing was observed. */
function observedData(observable, { first, last }, common) {
  if (first === null) return null;
  const members = { ...common, first_observed: first, last_observed: last, number_observed: 1, object_refs: [observable.id] };
  return own("observed-data", [observable.id, first, last], members);
}

/** That a platform knows it. */
function sightingOf(report, subject, observed) {
  const { name, platform, firstSeen, lastSeen, tlp } = report;
  const times = timesOf([report]);
  const place = own("identity", [platform, name], { created: EVER, modified: EVER, name, identity_class: "system" });
  const sighting = own("sighting", [subject.id, place.id], {
    ...stamped(times),
    object_marking_refs: marked(markingOf(tlp)),
    first_seen: firstSeen && times.first,
    last_seen: lastSeen && times.last,
    sighting_of_ref: subject.id,
    observed_data_refs: observed,
    where_sighted_refs: [place.id],
  });
  return [place, sighting];
}

function relatedTo(subject, found, common) {
  return found
    .flatMap(({ related }) => related)
    .filter(({ type }) => RELATED[type] !== undefined)
    .flatMap(({ type, name }) => {
      const members = { created: EVER, modified: EVER, ...RELATED[type](name), object_marking_refs: common.object_marking_refs };
      const thing = own(members.type, [name], members);
      const [from, to] = subject.type === "vulnerability" ? [thing, subject] : [subject, thing];
      return [thing, relation(from, RELATIONS[subject.type][type], to, common)];
    });
}

function relation(from, relationship_type, to, common) {
  const members = { ...common, relationship_type, source_ref: from.id, target_ref: to.id };
  return own("relationship", [from.id, relationship_type, to.id], members);
}

/** An object whose id is made of what makes it the same one. */
function own(type, key, members) {
  const id = `${type}--${ownUuid([type, ...key])}`;
  return present({ type, spec_version: "2.1", id, ...members });
}

/** The standard wants ids of version 4 for all but observables. That says "by chance"; ours are made of what they name. */
function ownUuid(key) {
  return nameUuid(OURS, JSON.stringify(key), 4);
}

function knownTo(reports) {
  return `Known to ${reports.map(({ name }) => name).join(", ")}`;
}

/** What a platform says. Its page stands in the text: `url` should come with a hash of what is there. */
function referenceOf({ name, link, verdict, score, status }) {
  const words = [`verdict ${verdict}`, score !== null && `score ${score}`, status !== null && `status ${status}`, link];
  return { source_name: name, description: words.filter(Boolean).join(", ") };
}

/** From when until when reports say that it was seen; null where none does. */
function timesOf(reports) {
  const times = reports.flatMap(({ firstSeen, lastSeen }) => [firstSeen, lastSeen]).map(timestamp).filter(Boolean).sort();
  return { first: times[0] ?? null, last: times.at(-1) ?? null };
}

/** When it was made and changed: as old as what it says. */
function stamped({ first, last }) {
  return { created: first ?? EVER, modified: last ?? EVER };
}

/** Until when a platform stands by it; only the last of them ends it, and none before it began. */
function endOf(reports, begin) {
  const ends = reports.map(({ expiresAt }) => timestamp(expiresAt));
  if (ends.includes(null)) return null;
  const last = ends.sort().at(-1);
  return last > begin ? last : null;
}

function timestamp(text) {
  const time = Date.parse(text ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function marked(marking) {
  return marking === null ? null : [`marking-definition--${MARKINGS[marking]}`];
}

/** A string of the pattern language. */
function quoted(text) {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
