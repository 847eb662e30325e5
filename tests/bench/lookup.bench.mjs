// 500 values over three platforms, each answer 50 ms away: the package's lookup beside the naive way, one request for each
// value and platform, six at a time for each platform. Also how many requests the sandbox saw.
import { FREE_PORTS, startSandbox } from "../../xtask/node/sandbox.mjs";
import { median, ours, print, row } from "./measure.mjs";

const VALUES = 500;
const ROUNDS = 3;
const LATENCY_MS = 50;
const AT_ONCE = 6;
const SETS = ["bad_ips", "blocklist", "watch"];

const { createClient, lookup } = await import(ours());
const sandbox = await startSandbox(process.env.IOC_SANDBOX, [...FREE_PORTS, "--inspect", "--latency", String(LATENCY_MS)]);
try {
  const { threatq, qradar, taegis } = sandbox.ready;
  const { privateClientId: clientId, privateClientSecret: clientSecret } = threatq;
  const clients = await Promise.all(
    [
      { platform: "threatq", baseUrl: threatq.baseUrl, auth: { grant: "client_credentials", clientId, clientSecret } },
      { platform: "qradar", baseUrl: qradar.baseUrl, auth: { secToken: qradar.secToken }, referenceSets: SETS },
      {
        platform: "taegis",
        baseUrl: taegis.baseUrl,
        tenantId: taegis.tenantId,
        auth: { grant: "client_credentials", clientId: taegis.clientId, clientSecret: taegis.clientSecret },
      },
    ].map((config) => createClient({ ...config, allowInsecureLoopback: true })),
  );
  const requests = async () => (await (await fetch(new URL("/__sandbox/requests", threatq.baseUrl))).json()).length;

  await Promise.all(clients.map((client) => client.token()));
  await requests();
  const times = { ours: [], naive: [] };
  const counts = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [way, work] of Object.entries({ ours: together, naive: oneByOne })) {
      const values = mixed(round);
      const start = performance.now();
      await work(clients, values);
      times[way].push(performance.now() - start);
      counts[way] = await requests();
    }
  }
  const what = `look up ${VALUES} values on three platforms, ${LATENCY_MS} ms away`;
  print([
    row({ what, unit: "ms", ours: median(times.ours), peer: { name: "a request for each value and platform", value: median(times.naive) }, atMostOfPeer: 0.5 }),
    row({ what: `${what}: requests`, unit: "", ours: counts.ours, peer: { name: "a request for each value and platform", value: counts.naive }, atMostOfPeer: 0.06 }),
  ]);
  for (const client of clients) client.close();
} finally {
  await sandbox.stop();
}

/** Values of several kinds that no round before has asked for; one in ten is known. */
function mixed(round) {
  const known = ["bad.example", "203.0.113.9", "example.com", "ctu-only.example"];
  return Array.from({ length: VALUES }, (_, index) => {
    const number = round * VALUES + index;
    if (index < known.length) return known[index];
    if (index % 3 === 0) return `198.18.${number >> 8}.${number & 255}`;
    return index % 3 === 1 ? `host-${number}.example.org` : number.toString(16).padStart(64, "0");
  });
}

async function together(clients, values) {
  const results = await lookup(values, clients, { cacheMs: 0 });
  const failed = results.flatMap(({ reports }) => reports).find(({ error }) => error !== null);
  if (failed !== undefined) throw failed.error;
}

async function oneByOne([threatq, qradar, taegis], values) {
  await Promise.all([
    each(values, (value) => threatq.request("/api/indicators", { query: { value, with: "score,sources,status,type" } })),
    each(values, (value) => qradar.request("/api/reference_data_collections/set_entries", { query: { filter: `value="${value}"` } })),
    each(values, (indicator) => taegis.graphql("query($i:[ThreatContextIndicatorInput!]!){reputation(indicators:$i){__typename}}", { i: [{ indicator }] })),
  ]);
}

async function each(values, ask) {
  const left = values[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const value of left) await ask(value);
    }),
  );
}
