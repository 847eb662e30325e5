// Elastic Common Schema: what is known of a value, as `threat.enrichments` of an event.

import { asNumber, findingsOf, present } from "./given.js";

/** What ECS calls a kind of indicator, and where it keeps its value. */
const KINDS = {
  ipv4: (value) => ({ type: "ipv4-addr", ip: value }),
  ipv6: (value) => ({ type: "ipv6-addr", ip: value }),
  // `ip` holds addresses only.
  cidr: (value) => ({ type: value.includes(":") ? "ipv6-addr" : "ipv4-addr", description: value }),
  domain: (value) => ({ type: "domain-name", url: { domain: value } }),
  url: (value, original) => ({ type: "url", url: present({ full: value, original, domain: hostOf(value) }) }),
  email: (value) => ({ type: "email-addr", email: { address: value } }),
  md5: (value) => ({ type: "file", file: { hash: { md5: value } } }),
  sha1: (value) => ({ type: "file", file: { hash: { sha1: value } } }),
  sha256: (value) => ({ type: "file", file: { hash: { sha256: value } } }),
  sha512: (value) => ({ type: "file", file: { hash: { sha512: value } } }),
  ssdeep: (value) => ({ type: "file", file: { hash: { ssdeep: value } } }),
  asn: (value) => ({ type: "autonomous-system", as: { number: asNumber(value) } }),
};

/** What platforms, or a watchlist, know of a value. */
export function toEcs(given) {
  const findings = findingsOf(given);
  const enrichments = findings.map((finding) => present({ indicator: indicatorOf(finding), matched: matchedOf(finding) }));
  const cve = findings.find(({ kind }) => kind === "cve");
  // ECS has no type of indicator for a vulnerability, but a place for it.
  return { threat: { enrichments }, ...(cve && { vulnerability: { id: cve.value } }) };
}

function indicatorOf({ kind, value, original, score, provider, link, firstSeen, lastSeen, tlp }) {
  return present({
    ...KINDS[kind]?.(value, original),
    name: value,
    confidence: confidenceOf(score),
    provider,
    reference: link,
    first_seen: firstSeen,
    last_seen: lastSeen,
    marking: tlp && { tlp, tlp_version: "2.0" },
  });
}

function matchedOf({ matched }) {
  return matched && present({ atomic: matched.atomic, id: matched.id, type: "indicator_match_rule" });
}

function confidenceOf(score) {
  if (score === null || score === undefined) return "Not Specified";
  if (score >= 70) return "High";
  if (score >= 40) return "Medium";
  return score > 0 ? "Low" : "None";
}

function hostOf(url) {
  return URL.canParse(url) ? new URL(url).hostname || null : null;
}
