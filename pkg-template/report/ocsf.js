// Open Cybersecurity Schema Framework: what is known of a value, as `osint` of an event.

import { asNumber, findingsOf, present } from "./given.js";

const HASH = [4, "Hash"];
const ADDRESS = [1, "IP Address"];
/** `type_id` and its caption, by kind. */
const TYPES = {
  ipv4: ADDRESS,
  ipv6: ADDRESS,
  cidr: ADDRESS,
  domain: [2, "Domain"],
  url: [5, "URL"],
  email: [9, "Email Address"],
  md5: HASH,
  sha1: HASH,
  sha256: HASH,
  sha512: HASH,
  ssdeep: HASH,
  cve: [10, "Vulnerability"],
  asn: [99, "Other"],
};
const CONFIDENCE = ["Unknown", "Low", "Medium", "High"];
const VENDORS = { threatq: "ThreatQ", qradar: "QRadar", taegis: "Taegis" };

/** What platforms, or a watchlist, know of a value. */
export function toOcsf(given) {
  return { osint: findingsOf(given).map(osintOf) };
}

function osintOf({ kind, value, score, platform, link, expiresAt, tags, tlp }) {
  const [type_id, type] = TYPES[kind] ?? [0, "Unknown"];
  const confidence_id = confidenceOf(score);
  return present({
    type_id,
    type,
    value,
    subnet: kind === "cidr" ? value : null,
    autonomous_system: kind === "asn" ? { number: asNumber(value) } : null,
    confidence_id,
    confidence: CONFIDENCE[confidence_id],
    // The schema writes this one marking with a blank.
    tlp: tlp?.replace("+", " "),
    src_url: link,
    vendor_name: VENDORS[platform] ?? platform,
    labels: tags,
    expiration_time: expiresAt && Date.parse(expiresAt),
  });
}

function confidenceOf(score) {
  if (score === null || score === undefined) return 0;
  if (score >= 70) return 3;
  return score >= 40 ? 2 : 1;
}
