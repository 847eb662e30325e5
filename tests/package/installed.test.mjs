// What somebody finds who has just installed the package: these files, and a client that works after one import.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { promisify } from "node:util";

import { inFreshNode, packaged } from "../support/project.mjs";

/**
 * Every file that users download, and no other. A new file of `pkg-template/` that is not
 * folded into `index.js` is written down here as well.
 */
const FILES = [
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "THIRD_PARTY.md",
  "cli.js",
  "cli/arguments.js",
  "cli/commands/check.js",
  "cli/commands/extract.js",
  "cli/commands/lookup.js",
  "cli/commands/rewrite.js",
  "cli/commands/token.js",
  "cli/commands/watchlist.js",
  "cli/config.js",
  "cli/describe.js",
  "cli/detail.js",
  "cli/environment.js",
  "cli/exit.js",
  "cli/found.js",
  "cli/help.js",
  "cli/input.js",
  "cli/kinds.js",
  "cli/main.js",
  "cli/results.js",
  "cli/table.js",
  "cli/terminal.js",
  "cli/windows.js",
  "core.inline.js",
  "core.js",
  "core.wasm",
  "core.wasm.d.ts",
  "csv.js",
  "element.d.ts",
  "element.js",
  "element/ask.js",
  "element/dom.js",
  "element/endpoint.js",
  "element/export.js",
  "element/find.js",
  "element/icons.js",
  "element/ioc-lookup.js",
  "element/problem.js",
  "element/result.js",
  "element/roving.js",
  "element/session.js",
  "element/slices.js",
  "element/strings.js",
  "element/styles.js",
  "element/text.js",
  "element/views/announcer.js",
  "element/views/candidates.js",
  "element/views/capped.js",
  "element/views/filters.js",
  "element/views/history.js",
  "element/views/input.js",
  "element/views/long-list.js",
  "element/views/problems.js",
  "element/views/progress.js",
  "element/views/report-card.js",
  "element/views/results.js",
  "element/views/timeline.js",
  "element/views/tools.js",
  "element/views/verdict.js",
  "errors.js",
  "index.d.ts",
  "index.js",
  "load.js",
  "loaders/default.js",
  "loaders/node.js",
  "loaders/slim.js",
  "loaders/workerd.js",
  "package.json",
  "stores/durable-object.d.ts",
  "stores/durable-object.js",
  "stores/extension.d.ts",
  "stores/extension.js",
  "stores/node.d.ts",
  "stores/node.js",
];

test("the tarball holds exactly these files", async () => {
  const { stdout } = await promisify(execFile)("tar", ["--list", "--file", process.env.IOC_TARBALL]);
  assert.deepEqual(stdout.trim().split("\n").map((name) => name.replace(/^package\//, "")).sort(), FILES);
});

test("createClient and the synchronous functions work in Node without init", async () => {
  const found = await inFreshNode(`
    import { classify, createClient, refang } from "ioc-lookup";
    const client = await createClient({ platform: "threatq", baseUrl: "https://tq.example", auth: { accessToken: "abc" } });
    answer([client.platform, client.name, refang("example[.]com"), classify("example.com")]);
  `);
  assert.deepEqual(found, ["threatq", "threatq", "example.com", { kind: "domain", value: "example.com", special: true }]);
});

test("a synchronous function may be the first call there is", async () => {
  assert.equal(await inFreshNode("import { refang } from \"ioc-lookup\"; answer(refang(\"hxxp://a[.]b\"));"), "http://a.b");
});

test("L8 an idle client keeps no process alive, although nobody closed it", async () => {
  const ended = await inFreshNode(`
    import { createClient } from "ioc-lookup";
    const fetch = async () => Response.json({ access_token: "abc", token_type: "bearer", expires_in: 3600, total: 0, data: [] });
    const auth = { grant: "client_credentials", clientId: "id", clientSecret: "geheim-geheim" };
    const client = await createClient({ platform: "threatq", baseUrl: "https://tq.example", fetch, auth });
    await client.token();
    await client.request("/api/indicators");
    answer(process.getActiveResourcesInfo().filter((name) => name === "Timeout"));
  `);
  assert.deepEqual(ended, []);
});

test("version is the package's, as text", async () => {
  const { version } = JSON.parse(await readFile(packaged("package.json"), "utf8"));
  assert.equal(await inFreshNode("import { version } from \"ioc-lookup\"; answer(version);"), version);
});
