// What a browser test stands on: the page's server with the package behind it, and somebody to ask.
//
// - `IOC_TARBALL`, the packed package, and `IOC_SANDBOX`, the sandbox's binary, make it the real thing.
// - `openStandIn` takes the package's template and a stand-in for its compiled part: for what no platform
//   does on demand. Tests that need it have "stand-in" in their names.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";
import { root, serve } from "./server.mjs";

const { IOC_TARBALL, IOC_SANDBOX } = process.env;

/** Why the real package is not tested, or null. */
export const missing = IOC_TARBALL && IOC_SANDBOX ? null : "IOC_TARBALL and IOC_SANDBOX are not both set: the stand-in is asked in place of the package";
if (missing) console.log(`# ${missing}`);

/** The real package and sandbox; without them the stand-in, so that the same tests can be tried while either is built. */
export async function open(options = {}) {
  return missing ? openStandIn(options) : openReal(options);
}

export async function openStandIn({ routes } = {}) {
  const file = (name) => join(root, "tests/browser", name);
  const server = await serve({
    packageFolder: join(root, "pkg-template"),
    overlay: { "/pkg/index.js": file("stand-in.js"), "/pkg/loaders/default.js": file("stand-in-loader.js") },
    routes,
  });
  const threatq = { baseUrl: "https://threatq.example.com", email: "analyst@example.com", password: "right", clientId: "c".repeat(32) };
  return stageOf(server, { ready: true, threatq }, () => {});
}

async function openReal({ routes } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "ioc-lookup-page-"));
  execFileSync("tar", ["-xzf", IOC_TARBALL, "-C", folder]);
  const server = await serve({ packageFolder: join(folder, "package"), routes });
  const sandbox = await startSandbox(server.origin);
  server.allow(new URL(sandbox.printed.threatq.baseUrl).origin);
  return stageOf(server, sandbox.printed, () => {
    sandbox.stop();
    rmSync(folder, { recursive: true });
  });
}

async function startSandbox(pageOrigin) {
  const child = spawn(IOC_SANDBOX, ["serve", "--json", "--threatq", "127.0.0.1:0", "--cors", pageOrigin, "--inspect", "--until-stdin-closes"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  return { printed: JSON.parse(line), stop: () => child.stdin.end() };
}

function stageOf(server, printed, stop) {
  return {
    origin: server.origin,
    /** The line that the sandbox prints, to paste. */
    line: JSON.stringify(printed),
    /** The same with a wrong password. */
    wrongLine: JSON.stringify({ ...printed, threatq: { ...printed.threatq, password: "certainly not" } }),
    threatq: printed.threatq,
    /** Ends a page that must have left nothing behind: no error, no report against the policy. */
    async leave(page) {
      assert.deepEqual(page.faults, [], "the page must be silent");
      assert.deepEqual(server.reports, [], "the policy must hold");
      await page.close();
    },
    close() {
      server.close();
      stop();
    },
  };
}
