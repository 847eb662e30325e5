// Every scenario in every runtime, and in Node with the tokens of every platform, on the packed tarball: `cargo xtask test --only runtimes`.
//
// `IOC_RUNTIMES=node,chromium` and `IOC_SCENARIOS=T6` (a part of the name) narrow it down while one works on it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { suits } from "./dialects.mjs";
import { startHostile } from "./hostile.mjs";
import { bun, deno, node } from "./programs.mjs";
import { elsewhere, rules } from "./rules.mjs";
import { openChromium } from "./run-chromium.mjs";
import { openExtension } from "./run-extension.mjs";
import { openFirefox } from "./run-firefox.mjs";
import { openNode } from "./run-node.mjs";
import { newestDate, openWorkerd } from "./run-workerd.mjs";
import { scenarios as all } from "./scenarios/index.mjs";
import { Hung, NOT_MEANT, runOne, table } from "./suite.mjs";

/** The columns. Without a `dialect` it is ThreatQ's, which has all grants. */
const runtimes = [
  { name: "node", kind: "node", open: openNode },
  ...[node(22), node(24), deno, bun].map((known) => ({ name: known.name, kind: "node", open: () => openNode(known), absent: known.program === null })),
  { name: "workerd 2024-01-01", kind: "workerd", open: () => openWorkerd("2024-01-01") },
  { name: `workerd ${newestDate()}`, kind: "workerd", open: () => openWorkerd(newestDate()) },
  { name: "chromium", kind: "page", open: openChromium },
  { name: "extension", kind: "extension", open: openExtension },
  { name: "firefox", kind: "page", open: openFirefox },
  ...["qradar, GET", "qradar, POST", "taegis, JSON", "taegis, form"].map((dialect) => ({ name: `node (${dialect})`, kind: "node", dialect, open: openNode })),
].filter(({ name }) => !process.env.IOC_RUNTIMES || process.env.IOC_RUNTIMES.split(",").some((wanted) => name.startsWith(wanted)));
const scenarios = all.filter(({ name }) => name.includes(process.env.IOC_SCENARIOS ?? ""));

const results = new Map();
let swept = 0;
let hostile;
before(async () => { hostile = await startHostile(); });
after(async () => {
  await hostile.close();
  console.log(table(scenarios, runtimes, results));
  console.log(`${scenarios.length} scenarios, ${runtimes.length} columns; ${swept} texts swept for secrets`);
});

test("every rule has a scenario, or a place where it is proven", () => {
  const proven = new Set([...all.flatMap(({ rules: cited }) => cited), ...Object.keys(elsewhere)]);
  assert.deepEqual(rules.filter((rule) => !proven.has(rule)), []);
  assert.deepEqual([...proven].filter((rule) => !rules.includes(rule)), []);
  assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
});

for (const runtime of runtimes) {
  describe(runtime.name, { skip: runtime.absent && "npm has no program of it for this machine" }, () => {
    let host;
    results.set(runtime.name, new Map());
    before(async () => { host = await runtime.open(); });
    after(() => host?.close());
    const { dialect = "threatq" } = runtime;
    for (const scenario of scenarios) {
      if (!suits(scenario, dialect)) {
        results.get(runtime.name).set(scenario.name, NOT_MEANT);
        continue;
      }
      test(scenario.name, async () => {
        const result = await runOne(hostile, host, scenario, dialect).catch(async (error) => {
          if (error instanceof Hung) {
            await host.close();
            host = await runtime.open();
          }
          return { ms: 0, swept: 0, failures: [String(error.message)] };
        });
        results.get(runtime.name).set(scenario.name, result);
        swept += result.swept;
        assert.deepEqual(result.failures, []);
      });
    }
  });
}
