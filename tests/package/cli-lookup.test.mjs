// `ioc-lookup lookup`, against the sandbox and against servers that do not answer.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { collect, configFile, ioc, start } from "./command.mjs";
import { startSandbox, threatqConfig } from "./sandbox.mjs";

let sandbox;
let env;
before(async () => {
  sandbox = await startSandbox();
  env = { IOC_LOOKUP_CONFIG: await configFile(threatqConfig(sandbox)) };
});
after(() => sandbox?.stop());

describe("values", () => {
  test("one value is told in full", async () => {
    const { code, out, err } = await ioc(["lookup", "bad[.]example"], { env });
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^ {2}indicator +bad\.example \(domain\)$/m);
    assert.match(out, /^ {2}score +90 of 100$/m);
    assert.match(out, /^threatq$/m);
  });

  test("several are a table, in their order", async () => {
    const { out } = await ioc(["lookup", "nobody.example", "203.0.113.9", "bad.example"], { env });
    const [head, ...rows] = out.trimEnd().split("\n").map((line) => line.split(/ {2,}/));
    assert.deepEqual(head, ["value", "kind", "verdict", "score", "threatq"]);
    assert.deepEqual(rows.map((row) => row[0]), ["nobody.example", "203.0.113.9", "bad.example"]);
    assert.deepEqual(rows[2], ["bad.example", "domain", "malicious", "90", "malicious 90"]);
    assert.match(rows[0].join(" "), /not found/);
  });

  for (const args of [["-"], []]) {
    test(`come from standard input with ${args[0] ?? "no argument"}: blank lines are none, CRLF is a line end`, async () => {
      const { code, out } = await ioc(["lookup", ...args, "--format", "ndjson"], { env, input: "bad[.]example\r\n\n  203.0.113.9\nnobody.example" });
      assert.equal(code, 0);
      assert.deepEqual(out.trimEnd().split("\n").map((line) => JSON.parse(line).value), ["bad.example", "203.0.113.9", "nobody.example"]);
    });
  }

  test("of standard input are asked a hundred at a time, and equal ones once", async () => {
    await sandbox.requests();
    const values = Array.from({ length: 250 }, (_, index) => `host${index % 125}.example`);
    const { out } = await ioc(["lookup", "-", "--format", "ndjson"], { env, input: values.join("\n") });
    assert.equal(out.trimEnd().split("\n").length, 250);
    const asked = (await sandbox.requests()).map(({ path }) => path).filter((path) => path.includes("query"));
    assert.equal(asked.length, 2);
  });

  test("that trickle in are answered before the end of the input", async () => {
    const child = start(["lookup", "-", "--format", "ndjson"], { env, input: null });
    child.stdin.write("bad.example\n");
    const [line] = await once(child.stdout.setEncoding("utf8"), "data");
    assert.equal(JSON.parse(line).verdict, "malicious");
    child.stdin.end();
    assert.deepEqual(await once(child, "close"), [0, null]);
  });

  test("nothing on standard input is nothing to ask", async () => {
    assert.deepEqual(await ioc(["lookup", "-"], { env }), { code: 0, out: "", err: "" });
    assert.deepEqual(await ioc(["lookup", "-", "--format", "json"], { env }), { code: 0, out: "[]\n", err: "" });
  });

  test("a text instead of values is told, and what to do", async () => {
    const { code, out, err } = await ioc(["lookup", "-"], { env, input: "x".repeat(2 ** 21) });
    assert.deepEqual([code, out], [2, ""]);
    assert.match(err, /ioc-lookup extract/);
  });

  test("one that is none does not spoil the others", async () => {
    const { code, out, err } = await ioc(["lookup", "bad.example", "x".repeat(9000), "--format", "json"], { env });
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(out).map(({ reports: [{ error }] }) => error?.code ?? null), [null, "indicator_invalid"]);
    assert.match(err, /indicator_invalid/);
  });

  test("the pipe of the README works: extract, then lookup", async () => {
    const { out: found } = await ioc(["extract", "--unique"], { input: "GET hxxp://bad[.]example/ from 203.0.113.9\nagain 203.0.113.9\n" });
    const { code, out } = await ioc(["lookup", "-"], { env, input: found });
    assert.equal(code, 0);
    assert.match(out, /^203\.0\.113\.9 +ipv4 +malicious/m);
  });
});

describe("formats", () => {
  const print = async (format, ...values) => (await ioc(["lookup", "--format", format, ...values], { env })).out;

  test("json is the list of results, one value too", async () => {
    const [result] = JSON.parse(await print("json", "bad.example"));
    assert.deepEqual(Object.keys(result), ["query", "value", "kind", "verdict", "score", "reports"]);
  });

  test("csv has a line of names and one for each report", async () => {
    const lines = (await print("csv", "bad.example", "203.0.113.9")).trimEnd().split("\r\n");
    assert.equal(lines.length, 3);
  });

  test("stix is one bundle", async () => {
    assert.equal(JSON.parse(await print("stix", "bad.example", "203.0.113.9")).type, "bundle");
  });

  test("ecs and ocsf are one document per line", async () => {
    const documents = async (format) => (await print(format, "bad.example", "203.0.113.9")).trimEnd().split("\n").map(JSON.parse);
    assert.deepEqual((await documents("ecs")).map(({ threat }) => Array.isArray(threat.enrichments)), [true, true]);
    assert.deepEqual((await documents("ocsf")).map(({ osint }) => Array.isArray(osint)), [true, true]);
  });

  test("a platform's text cannot command the terminal", async () => {
    const evil = { IOC_LOOKUP_CONFIG: await configFile(threatqConfig(sandbox, { name: "\u001b]0;title\u0007\u001b[31mred" })) };
    const { out } = await ioc(["lookup", "bad.example"], { env: evil });
    assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });
});

describe("exit codes", () => {
  test("--fail-on is 3 for a verdict as bad, and 0 for a better one", async () => {
    const code = async (...args) => (await ioc(["lookup", ...args], { env })).code;
    assert.equal(await code("bad.example", "nobody.example", "--fail-on", "malicious"), 3);
    assert.equal(await code("bad.example", "--fail-on", "suspicious"), 3);
    assert.equal(await code("nobody.example", "--fail-on", "suspicious"), 0);
  });

  test("a platform that fails is 1; what the others know is printed", async () => {
    const dead = { platform: "threatq", name: "dead", baseUrl: "http://127.0.0.1:9", allowInsecureLoopback: true, auth: { accessToken: "abc" }, retry: { maxRetries: 0 } };
    const file = await configFile({ clients: [dead, threatqConfig(sandbox)] });
    const { code, out, err } = await ioc(["lookup", "bad.example", "203.0.113.9", "--config", file]);
    assert.equal(code, 1);
    assert.match(out, /^bad\.example +domain +malicious +90 +network +malicious 90$/m);
    assert.match(err, /^ioc-lookup: threatq: .*\(network: headers\) for 2 values\n$/);
  });

  test("a reader that goes away ends the command quietly", async () => {
    const child = start(["lookup", "-", "--format", "ndjson"], { env, input: null });
    const err = collect(child.stderr);
    child.stdin.write("bad.example\n");
    await once(child.stdout, "data");
    child.stdout.destroy();
    child.stdin.write("203.0.113.9\n".repeat(50));
    assert.deepEqual(await once(child, "close"), [141, null]);
    assert.equal(err(), "");
  });
});

describe("interrupted while a platform does not answer", () => {
  let silent;
  let asked;
  before(async () => {
    silent = createServer(() => asked());
    await once(silent.listen(0, "127.0.0.1"), "listening");
  });
  after(() => {
    silent.closeAllConnections();
    silent.close();
  });

  for (const [name, code] of [["SIGINT", 130], ["SIGTERM", 143]]) {
    for (const format of ["table", "json", "ndjson"]) {
      test(`${name} ends it with ${code}, and nothing is half written (${format})`, async () => {
        const request = new Promise((resolve) => {
          asked = resolve;
        });
        const baseUrl = `http://127.0.0.1:${silent.address().port}`;
        const file = await configFile({ platform: "threatq", baseUrl, allowInsecureLoopback: true, auth: { accessToken: "abc" } });
        const child = start(["lookup", "bad.example", "--config", file, "--format", format]);
        const [out, err] = [collect(child.stdout), collect(child.stderr)];
        await request;
        child.kill(name);
        assert.deepEqual(await once(child, "close"), [code, null]);
        assert.deepEqual([out(), err()], ["", "ioc-lookup: interrupted\n"]);
      });
    }
  }

  test("also while it waits for its input", async () => {
    const child = start(["lookup", "-", "--format", "ndjson"], { env, input: null });
    child.stdin.write("bad.example\n");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "close"), [130, null]);
  });
});
