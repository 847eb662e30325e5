// The packed package in the runtimes that npm has: three lines of Node, Deno, Bun. A user's first program, the command, and what
// an older way of importing says. The other runtimes are in `runtimes.test.mjs`, with every rule.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startSandbox, threatqConfig } from "../package/sandbox.mjs";
import { packaged, project } from "../support/project.mjs";
import { bun, deno, node } from "./programs.mjs";

const NODE_20 = node(20);

/** Runs a program in the project to its end: `{ code, out, err }`. Nobody waits for a runtime that hangs. */
function run(program, args) {
  const env = { PATH: process.env.PATH, HOME: process.env.IOC_TMP, NO_COLOR: "1" };
  return new Promise((resolve) => {
    execFile(program, args, { cwd: project, env, timeout: 60_000 }, (error, out, err) => resolve({ code: error?.code ?? error?.signal ?? 0, out, err }));
  });
}

let sandbox;
before(async () => {
  sandbox = await startSandbox();
  await cp(fileURLToPath(new URL("smoke/", import.meta.url)), join(project, "smoke"), { recursive: true });
});
after(() => sandbox?.stop());

for (const { name, program, args, bare = args } of [NODE_20, node(22), node(24), deno, bun]) {
  describe(name, { skip: program === null && "npm has no program of it for this machine" }, () => {
    test("a first program: text, lookup, stream, store, abort, close", async () => {
      const { version } = JSON.parse(await readFile(packaged("package.json"), "utf8"));
      const { code, out, err } = await run(program, [...args, "smoke/program.mjs", JSON.stringify(threatqConfig(sandbox))]);
      assert.deepEqual([code, err], [0, ""]);
      assert.deepEqual(JSON.parse(out), {
        version,
        text: ["http://bad.example", "hxxp://bad[.]example", "ipv4"],
        extract: [["https://bad.example/x", 0], ["CVE-2021-44228", 28], ["203.0.113.9", 46]],
        verdicts: [["malicious", 90], ["unknown", null]],
        streamed: 2,
        events: ["token_requested", "token_acquired", "request"],
        check: true,
        stored: [1, "600"],
        forgotten: 0,
        aborted: ["aborted", "enough"],
        closed: [true, "client_closed"],
        same: true,
      });
    });

    test("importing and the synchronous functions need no permission, and leave nothing running", async () => {
      assert.deepEqual(await run(program, [...bare, "smoke/bare.mjs"]), { code: 0, out: "http://a.example\n", err: "" });
    });

    test("the command runs in it", async () => {
      const { code, out, err } = await run(program, [...args, "node_modules/ioc-lookup/cli.js", "refang", "hxxp://a[.]example"]);
      assert.deepEqual([code, out, err], [0, "http://a.example\n", ""]);
    });

    test("require() gives the same package", async () => {
      const { code, out } = await run(program, [...args, "smoke/require.cjs"]);
      assert.deepEqual([code, out], [0, "http://a.example\n"]);
    });
  });
}

test("where require() cannot load ES modules, as in older Node, the error says so", { skip: NODE_20.program === null && "npm has no Node for this machine" }, async () => {
  const { code, err } = await run(NODE_20.program, ["--no-experimental-require-module", "smoke/require.cjs"]);
  assert.equal(code, 1);
  assert.match(err, /ERR_REQUIRE_ESM/);
});
