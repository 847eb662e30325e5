// What a browser test stands on: the demo's own server with a package behind it, and somebody to ask.
//
// - `IOC_TARBALL`, the packed package, and `IOC_SANDBOX`, the sandbox's program, make it the real thing.
// - `openStandIn` serves the package's template with a stand-in for its compiled part: for what no platform
//   does on demand. Tests that need it have "stand-in" in their names.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { servePage } from "../../xtask/node/page.mjs";
import { FREE_PORTS, originsOf, startSandbox } from "../../xtask/node/sandbox.mjs";

const { IOC_TARBALL, IOC_SANDBOX } = process.env;
export const root = fileURLToPath(new URL("../..", import.meta.url));

const real = IOC_TARBALL && IOC_SANDBOX;
if (!real) console.log("# IOC_TARBALL and IOC_SANDBOX are not both set: a stand-in answers in place of the package");

/** The real package and sandbox; without them the stand-in, so that a page can be tried while either is being built. */
export async function open() {
  return real ? openReal() : openStandIn();
}

/** `allowed`: further origins that the page may ask. */
export async function openStandIn({ allowed = [] } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "ioc-lookup-page-"));
  const own = (name) => join(root, "tests/browser", name);
  await cp(join(root, "pkg-template"), folder, { recursive: true });
  await cp(own("stand-in.js"), join(folder, "index.js"));
  await cp(own("stand-in-loader.js"), join(folder, "loaders/default.js"));
  const page = await servePage({ pkg: folder });
  page.allow(allowed);
  const threatq = {
    baseUrl: "https://threatq.example.com",
    email: "analyst@example.com",
    password: "right",
    clientId: "c".repeat(32),
  };
  return stageOf(page, { ready: true, threatq }, () => rm(folder, { recursive: true }));
}

async function openReal() {
  const folder = await mkdtemp(join(tmpdir(), "ioc-lookup-page-"));
  execFileSync("tar", ["-xzf", IOC_TARBALL, "-C", folder]);
  const page = await servePage({ pkg: join(folder, "package") });
  const sandbox = await startSandbox(IOC_SANDBOX, [...FREE_PORTS, "--cors", page.origin]);
  page.allow(originsOf(sandbox.ready));
  return stageOf(page, sandbox.ready, async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });
}

function stageOf(page, ready, stop) {
  return {
    origin: page.origin,
    threatq: ready.threatq,
    /** The line that the sandbox prints, to paste. */
    line: JSON.stringify(ready),
    /** The same with a wrong password. */
    wrongLine: JSON.stringify({ ...ready, threatq: { ...ready.threatq, password: "certainly not" } }),
    async close() {
      await page.close();
      await stop();
    },
  };
}

/** Ends a page that must have left nothing behind: no error in the console, no breach of the policy. */
export async function leave(page) {
  const breaches = await page.evaluate(() => globalThis.breaches);
  assert.deepEqual(breaches, [], "the policy must hold");
  assert.deepEqual(page.faults, [], "the page must be silent");
  await page.close();
}
