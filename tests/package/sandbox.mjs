// The sandbox as a test needs it: started with what the test wants of it, asked for its request log, stopped.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { createInterface } from "node:readline";
import { json } from "node:stream/consumers";

const START_MS = 30_000;

/**
 * Starts the sandbox on free ports. `switches` are further arguments of `sandbox serve`.
 *
 * It ends with this process even if nobody stops it: it watches its standard input.
 */
export async function startSandbox(...switches) {
  const program = process.env.IOC_SANDBOX;
  if (!program) throw new Error("IOC_SANDBOX is not set: run this with `cargo xtask test --only package`");
  const child = spawn(program, ["serve", "--json", "--free-ports", "--inspect", "--until-stdin-closes", ...switches], { stdio: ["pipe", "pipe", "inherit"] });
  const access = await firstLine(child);
  return new Sandbox(child, access);
}

class Sandbox {
  constructor(child, access) {
    this.child = child;
    /** Addresses and credentials, as `--json` prints them. */
    this.access = access;
    this.threatq = access.threatq;
    this.taegis = access.taegis;
  }

  /** The requests since this was last asked, over all platforms: `{ platform, method, path, query, bodyBytes, status }`. */
  async requests() {
    const url = new URL("/__sandbox/requests", this.threatq.baseUrl);
    if (!this.access.ca) return (await fetch(url)).json();
    // `fetch` trusts no authority that is not known when the process starts.
    const [answer] = await once(get(url, { ca: await readFile(this.access.ca) }), "response");
    return json(answer);
  }

  /** E-mail and password of the demo user of a group. */
  user(group) { return this.threatq.users.find((user) => user.group === group); }

  async stop() {
    if (this.child.exitCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.stdin.end();
    await ended;
  }
}

async function firstLine(child) {
  const lines = createInterface({ input: child.stdout });
  let alarm;
  try {
    return JSON.parse(await Promise.race([
      once(lines, "line").then(([line]) => line),
      once(child, "exit").then(([code]) => { throw new Error(`the sandbox ended with ${code} before it was ready`); }),
      new Promise((_, reject) => { alarm = setTimeout(() => reject(new Error("the sandbox did not get ready")), START_MS); }),
    ]));
  } finally {
    clearTimeout(alarm);
  }
}

/** Configuration of a ThreatQ client for this sandbox; `auth` is "password", "client" or an object of its own. */
export function threatqConfig(sandbox, { auth = "client", ...rest } = {}) {
  const { baseUrl, email, password, clientId, privateClientId, privateClientSecret } = sandbox.threatq;
  const grants = {
    password: { grant: "password", email, password, clientId },
    client: { grant: "client_credentials", clientId: privateClientId, clientSecret: privateClientSecret },
  };
  return { platform: "threatq", baseUrl, allowInsecureLoopback: true, auth: grants[auth] ?? auth, ...rest };
}

/** Configuration of a Taegis client for this sandbox; `role` chooses another client of its tenant. */
export function taegisConfig(sandbox, { role, ...rest } = {}) {
  const { baseUrl, tenantId, clients, ...own } = sandbox.taegis;
  const { clientId, clientSecret } = role === undefined ? own : clients.find((client) => client.role === role && client.tenantId === tenantId);
  return { platform: "taegis", baseUrl, tenantId, allowInsecureLoopback: true, auth: { grant: "client_credentials", clientId, clientSecret }, ...rest };
}
