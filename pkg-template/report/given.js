// What the converters are given: results of a look-up, or matches of a watchlist. A wrong argument is the caller's error.

import { localError } from "../errors.js";

/** Results as a list; one counts as a list of one. */
export function resultsOf(given) {
  const results = Array.isArray(given) ? given : [given];
  if (!results.every(isResult)) throw localError("config_invalid", "results");
  return results;
}

/**
 * What is known, one finding for each platform that knows the value, or one for a match: what a single format's object
 * is made of.
 */
export function findingsOf(given) {
  if (isMatch(given)) return [matchFinding(given)];
  if (!isResult(given)) throw localError("config_invalid", "result");
  return given.reports.filter(({ found }) => found).map((report) => reportFinding(given, report));
}

function isResult(given) {
  return typeof given?.value === "string" && Array.isArray(given.reports);
}

function isMatch(given) {
  return typeof given?.matchedValue === "string" && typeof given.matchedBy === "string";
}

function reportFinding({ query, value, kind }, report) {
  const { platform, name, score, link, firstSeen, lastSeen, expiresAt, tags } = report;
  return { kind, value, original: query, score, platform, provider: name, link, firstSeen, lastSeen, expiresAt, tags, tlp: markingOf(report.tlp) };
}

/** The indicator of a match is the entry of the list, and may be another kind of thing than what was looked for. */
function matchFinding({ matchedValue, matchedBy, kind, score, source, id, label }) {
  const kinds = { exact: kind, cidr: "cidr", "parent-domain": "domain", "url-host": hostKind(matchedValue), "url-prefix": "url" };
  return {
    kind: kinds[matchedBy] ?? null,
    value: matchedValue,
    original: matchedValue,
    score,
    platform: source,
    provider: source,
    link: null,
    firstSeen: null,
    lastSeen: null,
    expiresAt: null,
    tags: label === null || label === undefined ? [] : [label],
    tlp: null,
    matched: { atomic: matchedValue, id },
  };
}

function hostKind(host) {
  if (host.includes(":")) return "ipv6";
  return /^[\d.]+$/.test(host) ? "ipv4" : "domain";
}

const TLP = ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"];

/** A marking of TLP 2.0; what is none of its words says nothing. */
export function markingOf(tlp) {
  const word = tlp?.toUpperCase();
  return TLP.includes(word) ? word : null;
}

/** The strictest of some markings; null where there is none. */
export function strictest(markings) {
  return TLP[Math.max(...markings.map((marking) => TLP.indexOf(marking)))] ?? null;
}

/** `AS64500` → 64500. */
export function asNumber(value) {
  return Number(value.replace(/^as/i, ""));
}

/** An object without the members that are null, undefined or empty lists. */
export function present(members) {
  const says = ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(members).filter(says));
}
