// `npm run dev`: the Worker with a sandbox as its platforms, a first watchlist, and what to type to see it work.
// `--port N` chooses the Worker's port, by default 8787; `--sandbox PROGRAM` a sandbox that is built already.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { FREE_PORTS, startSandbox } from "../../../xtask/node/sandbox.mjs";
import { startWorker } from "./start.mjs";
import { FOLDER } from "./worker.mjs";

const ROOT = join(FOLDER, "../..");
const { values: given } = parseArgs({ options: { port: { type: "string", default: "8787" }, sandbox: { type: "string" } } });

const sandbox = await startSandbox(given.sandbox ?? buildSandbox(), FREE_PORTS);
const worker = await startWorker(sandbox.ready, { port: Number(given.port) });
await worker.synchronise();
console.log(whatToType(worker));
await new Promise((resolve) => ["SIGINT", "SIGTERM"].forEach((signal) => process.once(signal, resolve)));
await worker.close();
await sandbox.stop();

function buildSandbox() {
  const { status } = spawnSync("cargo", ["build", "--package", "sandbox"], { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new Error("the sandbox could not be built");
  return join(ROOT, "target/debug/sandbox");
}

function whatToType({ url, key }) {
  return `
The Worker listens at ${url}, with a watchlist from the sandbox. The origin behind it answers with what it received.

  a request from a listed address   curl -s -H 'CF-Connecting-IP: 203.0.113.9' ${url}/
  a listed name in a query          curl -s '${url}/?next=https://bad.example/'
  a look-up                         curl -s -H 'Authorization: Bearer ${key}' '${url}/lookup?value=bad.example'
  the same without a key            curl -s '${url}/lookup?value=bad.example'
  a log event                       curl -s -H 'Authorization: Bearer ${key}' --json '[{"source.ip":"203.0.113.9"}]' ${url}/events
  load                              npm run load -- --url ${url}

Ctrl-C ends it.`;
}
