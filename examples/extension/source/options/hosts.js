// Which hosts a configuration needs: those of its addresses, and nothing beside them.

/** Match patterns, or null when an address is none that may be asked: https, or http on this machine. */
export function hostsOf({ baseUrl, auth }) {
  const hosts = [baseUrl, auth.tokenUrl].filter((url) => url !== undefined).map(patternOf);
  return hosts.includes(null) ? null : [...new Set(hosts)];
}

// Without the port: Firefox knows none in patterns.
function patternOf(address) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url) return null;
  const here = url.protocol === "http:" && ["127.0.0.1", "localhost"].includes(url.hostname);
  return here || url.protocol === "https:" ? `${url.protocol}//${url.hostname}/*` : null;
}
