/** Kinds of indicators, as options take them. */
export const KINDS = ["ipv4", "ipv6", "cidr", "domain", "url", "email", "md5", "sha1", "sha256", "sha512", "ssdeep", "cve", "asn"];
