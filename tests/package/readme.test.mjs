// Every JavaScript block of the READMEs is a program that runs. They are run against the sandbox, as they stand, but for its
// addresses. What a block prints, it says itself: in a comment behind an arrow.
//
// - A block that imports nothing goes on where the one before has ended.
// - A block with a default export is a Worker: it is asked as `<ioc-lookup>` asks.
// - A shell block that calls the command is run as well, where there is an access log.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { packaged, project } from "../support/project.mjs";
import { startSandbox } from "./sandbox.mjs";

const READMES = { "the package's": packaged("README.md"), "the repository's": new URL("../../README.md", import.meta.url) };
const ADDRESSES = { threatq: 'baseUrl: "https://tq.example.com"', qradar: 'baseUrl: "https://qradar.example.com"' };
const ASKED = `
const asked = new Request("https://app.example/lookup", { method: "POST", body: JSON.stringify({ values: ["bad.example"] }) });
const told = await worker.fetch(asked, process.env);
console.log(told.status, (await told.json())[0].verdict); // → 200 malicious
`;

/** The programs of a text, each with the line of its block. */
function programsOf(text) {
  const programs = [];
  for (const block of text.matchAll(/^```js\n([^]*?)^```$/gm)) {
    const source = block[1];
    const line = text.slice(0, block.index).split("\n").length;
    if (/^import /m.test(source)) programs.push({ line, source });
    else programs.at(-1).source += source;
  }
  return programs;
}

function runnable(source, access) {
  let local = source;
  for (const [platform, address] of Object.entries(ADDRESSES)) {
    local = local.replaceAll(address, `baseUrl: ${JSON.stringify(access[platform].baseUrl)}, allowInsecureLoopback: true`);
  }
  return local.includes("export default {") ? local.replace("export default {", "const worker = {") + ASKED : local;
}

async function run(source, { threatq: { privateClientId, privateClientSecret }, qradar: { secToken } }) {
  const env = { ...process.env, TQ_CLIENT_ID: privateClientId, TQ_CLIENT_SECRET: privateClientSecret, QRADAR_SEC_TOKEN: secToken };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", source], { cwd: project, env });
  assert.equal(stderr, "");
  return stdout.trim().split("\n");
}

/** Shell blocks that call the installed command. */
function shellBlocksOf(text) {
  const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)].filter(([, source]) => source.includes("npx ioc-lookup"));
  return blocks.map(({ index, 1: source }) => ({ line: text.slice(0, index).split("\n").length, source }));
}

/** A folder below the project, so that `npx` finds the installed command, with the log that the blocks read. */
async function shellPlace() {
  const folder = await mkdtemp(join(project, "shell-"));
  await writeFile(join(folder, "access.log"), "203.0.113.9 GET /\n203.0.113.9 GET http://bad.example/ 200\n");
  return folder;
}

function shellEnvironment({ baseUrl, privateClientId, privateClientSecret }) {
  const surroundings = { PATH: process.env.PATH, HOME: process.env.IOC_TMP, npm_config_update_notifier: "false" };
  return { ...surroundings, THREATQ_URL: baseUrl, THREATQ_CLIENT_ID: privateClientId, THREATQ_CLIENT_SECRET: privateClientSecret, THREATQ_ALLOW_INSECURE_LOOPBACK: "1" };
}

for (const [whose, file] of Object.entries(READMES)) {
  describe(`${whose} README`, async () => {
    const text = await readFile(file, "utf8");
    // One for each text: programs may write, and those that come later in it see that.
    let sandbox;
    before(async () => {
      sandbox = await startSandbox();
    });
    after(() => sandbox?.stop());

    for (const { line, source } of programsOf(text)) {
      test(`the program of line ${line} prints what it says`, async () => {
        const program = runnable(source, sandbox.access);
        const promised = [...program.matchAll(/\/\/ → (.*)$/gm)].map(([, words]) => words);
        assert.ok(promised.length > 0, "it promises something");
        assert.deepEqual(await run(program, sandbox.access), promised);
      });
    }

    for (const { line, source } of shellBlocksOf(text)) {
      test(`the commands of line ${line} run`, async () => {
        const { stdout, stderr } = await promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", source], { cwd: await shellPlace(), env: shellEnvironment(sandbox.threatq) });
        assert.equal(stderr, "");
        assert.match(stdout, /malicious/);
      });
    }

    test("the files that its pages load are in the package", async () => {
      for (const [, path] of text.matchAll(/src="\/node_modules\/ioc-lookup\/([^"]+)"/g)) await readFile(packaged(path));
    });
  });
}
