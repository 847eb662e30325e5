// The sandbox's addresses and credentials as the secret `PLATFORMS` wants them.

/** Reference sets of the sandbox. */
const SETS = ["bad_ips", "watch_ips", "allowlist_ips", "networks", "blocklist", "hashes"];

/** `ready` is the line that `sandbox serve --json` prints. */
export function platformsOf({ threatq, qradar, taegis }) {
  const local = { allowInsecureLoopback: true };
  const grant = "client_credentials";
  const all = [];
  if (threatq) {
    const { baseUrl, privateClientId: clientId, privateClientSecret: clientSecret } = threatq;
    all.push({ ...local, platform: "threatq", name: "ThreatQ", baseUrl, auth: { grant, clientId, clientSecret } });
  }
  if (qradar) {
    const { baseUrl, tokenUrl, clientId, clientSecret } = qradar;
    const auth = { grant, tokenUrl, clientId, clientSecret };
    all.push({ ...local, platform: "qradar", name: "QRadar", baseUrl, referenceSets: SETS, auth });
  }
  if (taegis) {
    const { baseUrl, clientId, clientSecret, tenantId } = taegis;
    all.push({ ...local, platform: "taegis", name: "Taegis", baseUrl, tenantId, auth: { grant, clientId, clientSecret } });
  }
  return all;
}
