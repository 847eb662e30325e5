// What a person sees and a pipe does not: colours on standard output, progress on standard error. `script` (util-linux)
// gives the command a terminal.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { collect, configFile, ioc, program, surroundings } from "./command.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

const hasScript = spawnSync("script", ["--version"]).status === 0;
const COLOUR = /\u001b\[\d/;
const PROGRESS = /\u001b\[Klooked up: /;

describe("at a terminal", { skip: !hasScript && "`script` of util-linux is not installed" }, () => {
  let sandbox;
  let config;
  before(async () => {
    sandbox = await startSandbox();
    config = await configFile(threatqConfig(sandbox));
  });
  after(() => sandbox?.stop());

  /** What appears on the terminal. `redirect` is the shell's: where a stream goes instead. */
  async function shown(args, { redirect = "", env = {} } = {}) {
    const line = [program, ...args, "--config", config].map((word) => `'${word}'`).join(" ");
    const child = spawn("script", ["--quiet", "--return", "--command", `${line} ${redirect}`, "/dev/null"], {
      env: surroundings({ TERM: "xterm", ...env }),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const out = collect(child.stdout);
    assert.deepEqual(await once(child, "close"), [0, null]);
    return out();
  }

  test("verdicts have colours, unless NO_COLOR or TERM says otherwise", async () => {
    assert.match(await shown(["lookup", "bad.example"], { redirect: "2> /dev/null" }), /\u001b\[1;31mmalicious\u001b\[0m/);
    assert.doesNotMatch(await shown(["lookup", "bad.example"], { redirect: "2> /dev/null", env: { NO_COLOR: "1" } }), COLOUR);
    assert.doesNotMatch(await shown(["lookup", "bad.example"], { redirect: "2> /dev/null", env: { TERM: "dumb" } }), COLOUR);
  });

  test("progress is on standard error, and taken away in the end", async () => {
    const seen = await shown(["lookup", "bad.example", "203.0.113.9"], { redirect: "> /dev/null" });
    assert.match(seen, PROGRESS);
    assert.ok(seen.endsWith("\r\u001b[K"), JSON.stringify(seen));
  });

  test("--quiet shows no progress", async () => {
    assert.equal(await shown(["lookup", "bad.example", "--quiet"], { redirect: "> /dev/null" }), "");
  });

  test("json has no colours even there", async () => {
    assert.doesNotMatch(await shown(["lookup", "bad.example", "--format", "json"], { redirect: "2> /dev/null" }), COLOUR);
  });

  test("lookup without a value says what it wants instead of waiting", async () => {
    const child = spawn("script", ["--quiet", "--return", "--command", `'${program}' lookup`, "/dev/null"], { env: surroundings(), stdio: ["pipe", "pipe", "inherit"] });
    const out = collect(child.stdout);
    assert.deepEqual(await once(child, "close"), [2, null]);
    assert.match(out(), /which value\?/);
  });

  test("in a pipe there is neither colour nor progress", async () => {
    const { out, err } = await ioc(["lookup", "bad.example", "--config", config], { env: { TERM: "xterm" } });
    assert.doesNotMatch(out, /\u001b/);
    assert.equal(err, "");
  });
});
