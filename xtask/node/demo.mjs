// The demo: the sandbox, the page, the edge worker, and one lookup through the installed package.
// Usage: node demo.mjs --sandbox PROGRAM --project FOLDER [--port N] [--once] [--feed FILE]…
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { startWorker } from "../../examples/edge-worker/local/start.mjs";
import { servePage } from "./page.mjs";
import { reportText } from "./report.mjs";
import { FREE_PORTS, originsOf, startSandbox } from "./sandbox.mjs";

/** The vendor's own example, defanged as an analyst would paste it. */
const INDICATOR = "example[.]com";

/** The reference sets of the sandbox's console that say what is bad. */
const SETS = ["bad_ips", "blocklist", "watch"];

/** The names of what the sandbox tells, for people; what has none is printed under its own. */
const FACTS = {
  baseUrl: "address",
  tokenUrl: "token address",
  email: "e-mail",
  clientId: "client id",
  clientSecret: "client secret",
  privateClientId: "private client id",
  privateClientSecret: "private client secret",
  secToken: "SEC token",
  tenantId: "tenant id",
};

const { values: options } = parseArgs({
  options: {
    sandbox: { type: "string" },
    project: { type: "string" },
    port: { type: "string" },
    once: { type: "boolean", default: false },
    feed: { type: "string", multiple: true, default: [] },
  },
});

try {
  await demo();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

async function demo() {
  const page = await servePage({ port: Number(options.port) });
  try {
    const sandbox = await startSandbox(options.sandbox, [
      ...["--cors", page.origin],
      // On any free port the page is not meant for a person's bookmarks, and neither are the platforms.
      ...(options.port === "0" ? FREE_PORTS : []),
      ...options.feed.flatMap((file) => ["--feed", file]),
    ]);
    page.allow(originsOf(sandbox.ready));
    try {
      console.log(`\nLooking up ${INDICATOR} with the built package in Node ${process.versions.node}:\n`);
      console.log(reportText(await lookUp(sandbox.ready)));
      const worker = options.once ? null : await startEdge(page, sandbox.ready);
      console.log(`\n${whereToGo(page.origin, sandbox.ready, worker)}`);
      if (options.once) console.log("\nAll of this ends here; without --once it stays until Ctrl-C.");
      else await untilOver(sandbox);
      await worker?.close();
    } finally {
      await sandbox.stop();
    }
  } finally {
    await page.close();
  }
}

/** What a user of the package writes. */
async function lookUp({ threatq, qradar, taegis }) {
  const { createClient, lookup } = await installedPackage();
  const credentials = ({ clientId, clientSecret }) => ({ grant: "client_credentials", clientId, clientSecret });
  const { email, password, clientId } = threatq;
  const configurations = [
    { platform: "threatq", baseUrl: threatq.baseUrl, auth: { grant: "password", email, password, clientId } },
    {
      platform: "qradar",
      baseUrl: qradar.baseUrl,
      auth: { ...credentials(qradar), tokenUrl: qradar.tokenUrl },
      referenceSets: SETS,
    },
    { platform: "taegis", baseUrl: taegis.baseUrl, auth: credentials(taegis), tenantId: taegis.tenantId },
  ];
  const clients = await Promise.all(configurations.map((config) => createClient({ ...config, allowInsecureLoopback: true })));
  try {
    return await lookup(INDICATOR, clients);
  } finally {
    for (const client of clients) client.close();
  }
}

/**
 * The Worker on a route of the page's site. Whoever opens the page counts as signed in: what Cloudflare Access would put
 * into a request is put into it here, and the page itself holds no secret.
 */
async function startEdge(page, ready) {
  const worker = await startWorker(ready, { nodePaths: [join(options.project, "node_modules")] });
  await worker.synchronise();
  page.pass("/lookup", async () => ({
    origin: worker.url,
    headers: { "cf-access-jwt-assertion": await worker.access.assert("analyst@example.com") },
  }));
  return worker;
}

/** The package as a module of the project would import it. */
function installedPackage() {
  const entry = createRequire(resolve(options.project, "package.json")).resolve("ioc-lookup");
  return import(pathToFileURL(entry));
}

/** The page, and what there is to log in with: a block for each platform. */
function whereToGo(origin, { threatq, qradar, taegis }, worker) {
  const line = (fact, value) => `  ${fact.padEnd(24)}${value}`;
  const blocks = [["Page", line("address", `${origin}/`)].join("\n")];
  if (worker !== null) {
    blocks[0] += `\n${line("without a secret in it", `${origin}/?endpoint=/lookup`)}`;
    blocks.push(["Edge worker (workerd)", line("address", worker.url), line("key of a program", worker.key)].join("\n"));
  }
  for (const [name, facts] of Object.entries({ ThreatQ: threatq, QRadar: qradar, Taegis: taegis })) {
    if (facts === undefined) continue;
    const { users = [], tokens = [], clients = [], ...rest } = facts;
    const lines = Object.entries(rest).map(([fact, value]) => [FACTS[fact] ?? fact, value]);
    lines.push(...users.map(({ group, email, password }) => [`user, ${group}`, `${email}  ${password}`]));
    lines.push(...clients.map(({ role, tenantId, clientId, clientSecret }) => [`${role}, ${tenantId}`, `${clientId}  ${clientSecret}`]));
    lines.push(...tokens.map(({ label, secToken }) => [`SEC token, ${label}`, secToken]));
    blocks.push([`${name} (sandbox)`, ...lines.map(([fact, value]) => line(fact, value))].join("\n"));
  }
  return blocks.join("\n\n");
}

async function untilOver(sandbox) {
  console.log("\nCtrl-C ends the demo.");
  const interrupted = new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve(null));
  });
  const ending = await Promise.race([interrupted, sandbox.exited]);
  // Ctrl-C reaches the sandbox as well, and may reach it first.
  if (ending !== null && ending !== "SIGINT" && ending !== "exit code 0") throw new Error(`the sandbox ended (${ending})`);
}
