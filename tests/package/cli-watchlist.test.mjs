// `ioc-lookup watchlist build`, `match` and `info`: from files and from the sandbox's feed.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { entry } from "../support/project.mjs";
import { collect, configFile, folder, ioc, start } from "./command.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

const { Watchlist } = await import(entry());

const ENTRIES = ['{"value":"bad.example","verdict":"malicious","score":90,"label":"c2"}', "", "203.0.113.0/24", "hxxp://evil[.]example/gate.php", "no indicator"].join("\n");
const LOG = "GET http://www.bad.example/x from 203.0.113.9\nGET http://good.example/ from 198.51.100.7\n";

let list;
before(async () => {
  list = join(await folder(), "bad.list");
  const { code, out, err } = await ioc(["watchlist", "build", "--output", list, "--name", "ours", "--expires-at", "2099-01-01", "-"], { input: ENTRIES });
  assert.deepEqual([code, out], [0, ""]);
  assert.match(err, /bad\.list: 3 entries, \d+ bytes, 1 skipped/);
});

describe("info", () => {
  test("json tells what the list tells", async () => {
    const { size, name, createdAt, expiresAt, byteLength } = Watchlist.open(new Uint8Array(await readFile(list)));
    const { code, out } = await ioc(["watchlist", "info", list, "--format", "json"]);
    assert.deepEqual([code, JSON.parse(out)], [0, { name, size, createdAt, expiresAt, byteLength }]);
    assert.deepEqual([name, size], ["ours", 3]);
  });

  test("the table is for people", async () => {
    assert.match((await ioc(["watchlist", "info", list])).out, /^name +ours\nsize +3\n/);
  });

  test("a file that is none, or is not whole, is told", async () => {
    const bytes = await readFile(list);
    for (const [what, content] of [["text", "bad.example\n"], ["cut", bytes.subarray(0, bytes.length - 7)], ["empty", ""]]) {
      const file = join(await folder(), what);
      await writeFile(file, content);
      const { code, out, err } = await ioc(["watchlist", "info", file]);
      assert.deepEqual([code, out], [2, ""], what);
      assert.match(err, /snapshot_invalid/, what);
    }
  });
});

describe("match", () => {
  test("prints what is on the list as it stands in the text", async () => {
    assert.deepEqual(await ioc(["watchlist", "match", list], { input: LOG }), { code: 0, out: "http://www.bad.example/x\n203.0.113.9\n", err: "" });
  });

  test("ndjson and json are what matchText() returns", async () => {
    const expected = Watchlist.open(new Uint8Array(await readFile(list))).matchText(LOG);
    const lines = (await ioc(["watchlist", "match", list, "--format", "ndjson"], { input: LOG })).out.trimEnd().split("\n");
    assert.deepEqual(lines.map((line) => JSON.parse(line)), JSON.parse(JSON.stringify(expected)));
    assert.deepEqual(JSON.parse((await ioc(["watchlist", "match", list, "--format", "json"], { input: LOG })).out), JSON.parse(JSON.stringify(expected)));
  });

  test("table and csv have a line for each", async () => {
    const table = (await ioc(["watchlist", "match", list, "--format", "table"], { input: LOG })).out.trimEnd().split("\n");
    assert.match(table[1], /^http:\/\/www\.bad\.example\/x +malicious +90 +/);
    const csv = (await ioc(["watchlist", "match", list, "--format", "csv"], { input: LOG })).out.trimEnd().split("\r\n");
    assert.deepEqual([table.length, csv.length], [3, 3]);
  });

  test("ecs and ocsf are one document per match", async () => {
    const documents = async (format) => (await ioc(["watchlist", "match", list, "--format", format], { input: LOG })).out.trimEnd().split("\n").map(JSON.parse);
    assert.deepEqual((await documents("ecs")).map(({ threat }) => Array.isArray(threat.enrichments)), [true, true]);
    assert.deepEqual((await documents("ocsf")).map(({ osint }) => Array.isArray(osint)), [true, true]);
  });

  test("--fail-on is 3 if something as bad is there", async () => {
    const code = async (input) => (await ioc(["watchlist", "match", list, "--fail-on", "malicious"], { input })).code;
    assert.deepEqual([await code(LOG), await code("nothing here")], [3, 0]);
  });

  test("a missing list is told", async () => {
    const { code, err } = await ioc(["watchlist", "match", "/nowhere.list"], { input: LOG });
    assert.equal(code, 2);
    assert.match(err, /no file \/nowhere\.list/);
  });
});

describe("build", () => {
  let sandbox;
  let env;
  before(async () => {
    sandbox = await startSandbox();
    env = { IOC_LOOKUP_CONFIG: await configFile(threatqConfig(sandbox)) };
  });
  after(() => sandbox?.stop());

  test("of the platforms' feeds, by kind and score", async () => {
    const output = join(await folder(), "feed.list");
    const { code, err } = await ioc(["watchlist", "build", "--output", output, "--kind", "domain", "--min-score", "70"], { env });
    assert.equal(code, 0, err);
    const made = Watchlist.open(new Uint8Array(await readFile(output)));
    assert.equal(made.match("bad.example").verdict, "malicious");
    assert.equal(made.match("203.0.113.9"), null);
  });

  test("--previous with --updated-since brings one up to date", async () => {
    const place = await folder();
    const [old, young] = [join(place, "old"), join(place, "young")];
    await ioc(["watchlist", "build", "--output", old, "-"], { input: "older.example\n" });
    const { code, err } = await ioc(["watchlist", "build", "--output", young, "--previous", old, "--updated-since", "2020-01-01"], { env });
    assert.equal(code, 0, err);
    const made = Watchlist.open(new Uint8Array(await readFile(young)));
    assert.ok(made.match("older.example") !== null && made.match("bad.example") !== null);
  });

  test("a broken entry or a date that is none leaves the list as it was", async () => {
    const place = await folder();
    const output = join(place, "kept.list");
    await ioc(["watchlist", "build", "--output", output, "-"], { input: "bad.example\n" });
    const before = await readFile(output);
    for (const [args, input, words] of [
      [[], '{"value":"x.example",}\n', /a line that begins with \{ is no JSON/],
      [["--expires-at", "tomorrow"], "x.example\n", /--expires-at is a date/],
    ]) {
      const { code, err } = await ioc(["watchlist", "build", "--output", output, ...args, "-"], { input });
      assert.equal(code, 2);
      assert.match(err, words);
    }
    assert.deepEqual(await readFile(output), before);
    assert.deepEqual(await readdir(place), ["kept.list"]);
  });

  test("--quiet says nothing of what went well", async () => {
    const output = join(await folder(), "quiet.list");
    assert.deepEqual(await ioc(["watchlist", "build", "--quiet", "--output", output, "-"], { input: "bad.example\n" }), { code: 0, out: "", err: "" });
  });

  test("a folder that is not there is told", async () => {
    const { code, err } = await ioc(["watchlist", "build", "--output", "/nowhere/x.list", "-"], { input: "bad.example\n" });
    assert.equal(code, 2);
    assert.match(err, /\/nowhere\/x\.list cannot be written: ENOENT/);
  });

  test("Ctrl-C while a platform does not answer leaves nothing behind", async () => {
    let asked;
    const request = new Promise((resolve) => {
      asked = resolve;
    });
    const silent = createServer(() => asked());
    await once(silent.listen(0, "127.0.0.1"), "listening");
    const place = await folder();
    const baseUrl = `http://127.0.0.1:${silent.address().port}`;
    const file = await configFile({ platform: "threatq", baseUrl, allowInsecureLoopback: true, auth: { accessToken: "abc" } });
    const child = start(["watchlist", "build", "--output", join(place, "never.list"), "--config", file]);
    const err = collect(child.stderr);
    await request;
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "close"), [130, null]);
    assert.equal(err(), "ioc-lookup: interrupted\n");
    assert.deepEqual(await readdir(place), []);
    silent.closeAllConnections();
    silent.close();
  });
});
