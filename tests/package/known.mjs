// Results for the tests of the converters: a value of every kind, known in several ways.

export const VALUES = {
  ipv4: "198.51.100.3",
  ipv6: "2001:db8::1",
  cidr: "10.0.0.0/8",
  domain: "bad.example",
  url: "http://bad.example/it's|here?a=[b]^#c{d}",
  email: "billing@bad.example",
  md5: "d41d8cd98f00b204e9800998ecf8427e",
  sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709",
  sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  sha512: "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  ssdeep: "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C",
  cve: "CVE-2021-44228",
  asn: "AS64500",
};

/** A report that knows the value, or as `members` say. */
export function report(members = {}) {
  return {
    platform: "threatq",
    name: "threatq",
    query: "bad[.]example",
    value: "bad.example",
    kind: "domain",
    found: true,
    verdict: "malicious",
    score: 95,
    status: "Active",
    tlp: "AMBER",
    tags: ["c2"],
    sources: [{ name: "ArcSight", tlp: "AMBER", firstSeen: null, lastSeen: null }],
    attributes: [{ name: "Port", value: "22" }],
    related: [
      { type: "malware", name: "Emotet", id: "7" },
      { type: "adversary", name: "Sample Bear", id: null },
      { type: "report", name: "A report", id: "r1" },
    ],
    firstSeen: "2026-01-01T00:00:00Z",
    lastSeen: "2026-02-01T00:00:00Z",
    expiresAt: "2027-01-01T00:00:00Z",
    link: "https://tq.example.com/indicators/1/details",
    records: [{}],
    error: null,
    ...members,
  };
}

/** A report of a platform that does not know it. */
export const ignorant = (members = {}) =>
  report({ found: false, verdict: "unknown", score: null, status: null, tlp: null, tags: [], sources: [], attributes: [], related: [], firstSeen: null, lastSeen: null, expiresAt: null, link: null, records: [], ...members });

/** A result that these reports make. */
export function result({ value = "bad.example", kind = "domain", query = value, verdict = "malicious", score = 95 } = {}, ...reports) {
  return { query, value, kind, verdict, score, reports: reports.length > 0 ? reports : [report()] };
}

/** One result of every kind, from two platforms. */
export const everyKind = () =>
  Object.entries(VALUES).map(([kind, value]) =>
    result({ kind, value }, report(), ignorant({ name: "second" }), report({ platform: "taegis", name: "taegis", tlp: "AMBER+STRICT", firstSeen: null, lastSeen: null, link: null, score: 60, expiresAt: null })),
  );
