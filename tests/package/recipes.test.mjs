// The recipes that run in Node and in a Worker. Those for browsers are in tests/bundlers/recipes.test.mjs.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { Miniflare } from "miniflare";
import { packaged } from "../support/project.mjs";
import { blocksOf, localised, promised, recipe, unfold } from "../support/recipes.mjs";
import { startSandbox } from "./sandbox.mjs";

/** What is run, and by which file; a new recipe is written down here, and its blocks are run there. */
const RUN = {
  "node-service.md": ["service.mjs", "ask.mjs"],
  "slack-bot.md": ["bot.mjs"],
  "proxy-and-private-ca.md": ["ca.sh", "proxied.mjs"],
  "siem.md": ["elastic.mjs", "splunk.mjs", "ocsf.mjs"],
  "edge.md": ["worker.js", "wrangler.toml"],
  "react.md": ["Panel.jsx", "Verdict.jsx", "Indicators.jsx"],
  "extension.md": ["manifest.json", "background.js", "bundle.sh"],
};

test("every block of every recipe is run somewhere", async () => {
  const pages = (await readdir(recipe("."))).filter((name) => name !== "README.md");
  assert.deepEqual(pages.sort(), Object.keys(RUN).sort());
  for (const page of pages) assert.deepEqual((await blocksOf(page)).map(({ name }) => name), RUN[page], page);
});

let sandbox;
before(async () => {
  sandbox = await startSandbox();
});
after(() => sandbox?.stop());

const credentials = ({ privateClientId, privateClientSecret } = sandbox.threatq) => ({ TQ_CLIENT_ID: privateClientId, TQ_CLIENT_SECRET: privateClientSecret });
const local = (source) => localised(source, sandbox.threatq);

/** Runs a file of a recipe to its end, and returns the lines that it printed. Nothing may stand on standard error. */
async function run({ folder }, file, env = {}) {
  const [program, ...args] = file.endsWith(".sh") ? ["bash", "--norc", "-euo", "pipefail", file] : [process.execPath, file];
  const { stdout, stderr } = await promisify(execFile)(program, args, { cwd: folder, env: { ...process.env, npm_config_update_notifier: "false", ...credentials(), ...env } });
  assert.equal(stderr, "");
  return stdout.trimEnd().split("\n");
}

/** Starts a server of a recipe: its address, what it writes to standard error, and how to end it. */
async function serve({ folder }, file, env) {
  const child = spawn(process.execPath, [file], { cwd: folder, env: { ...process.env, ...credentials(), PORT: "0", ...env } });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (piece) => {
    told += piece;
  });
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`${file} ended with ${code}: ${told}`))),
  ]);
  return {
    address: `http://127.0.0.1:${/listening on (\d+)/.exec(line)[1]}`,
    told: () => told,
    async end() {
      child.kill("SIGTERM");
      return once(child, "exit");
    },
  };
}

/** A server that says yes, and keeps what it was sent. */
async function listener() {
  const requests = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    requests.push({ url: request.url, headers: request.headers, body });
    server.emit("told");
    response.end("{}");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { requests, server, address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

describe("node-service.md", () => {
  test("answers those it knows, keeps its token, says what happens, ends when it is told to", async () => {
    const files = await unfold("node-service.md", { change: local });
    const tokens = join(files.folder, "tokens");
    const service = await serve(files, "service.mjs", { CALLER_KEY: "caller-key", TOKEN_FOLDER: tokens });
    const env = { SERVICE: service.address, CALLER_KEY: "caller-key" };
    assert.deepEqual(await run(files, "ask.mjs", env), promised(files.sources["ask.mjs"]));

    const status = async (init, path = "/lookup") => (await fetch(`${service.address}${path}`, init)).status;
    const headers = { authorization: "Bearer caller-key" };
    assert.equal(await status({ method: "POST", body: '{"values":["bad.example"]}' }), 401);
    assert.equal(await status({ method: "POST", headers: { authorization: "Bearer caller-kex" }, body: "{}" }), 401);
    assert.equal(await status({ method: "POST", headers, body: "no JSON" }), 400);
    assert.equal(await status({ method: "POST", headers, body: '{"values":7}' }), 400);
    assert.equal(await status({ headers }), 404);

    assert.ok(service.told().split("\n").some((line) => line.includes('"token_acquired"')));
    assert.ok(!service.told().includes(sandbox.threatq.privateClientSecret));
    assert.equal((await readdir(tokens)).filter((name) => name.endsWith(".json")).length, 1);
    assert.deepEqual(await service.end(), [0, null]);
  });
});

describe("slack-bot.md", () => {
  test("answers a signed command with defanged verdicts, and no other", async () => {
    const files = await unfold("slack-bot.md", { change: local });
    const slack = await listener();
    const bot = await serve(files, "bot.mjs", { SLACK_SIGNING_SECRET: "signing-secret" });
    const command = (text, { secret = "signing-secret", at = Math.floor(Date.now() / 1000) } = {}) => {
      const body = new URLSearchParams({ command: "/ioc", text, response_url: `${slack.address}/reply` }).toString();
      const signature = `v0=${createHmac("sha256", secret).update(`v0:${at}:${body}`).digest("hex")}`;
      return fetch(bot.address, { method: "POST", body, headers: { "x-slack-signature": signature, "x-slack-request-timestamp": String(at) } });
    };
    try {
      const told = once(slack.server, "told");
      assert.match((await (await command("what is hxxp://bad[.]example and 203.0.113.9?")).json()).text, /Asking about 2/);
      await told;
      const { text } = JSON.parse(slack.requests[0].body);
      assert.match(text, /:red_circle: `203\[\.\]0\[\.\]113\[\.\]9` malicious \(80\)/);
      assert.doesNotMatch(text, /bad\.example/);
      assert.match((await (await command("hello")).json()).text, /No indicator/);
      assert.equal((await command("bad.example", { secret: "another" })).status, 401);
      assert.equal((await command("bad.example", { at: 1_000_000 })).status, 401);
      assert.equal(slack.requests.length, 1);
    } finally {
      await bot.end();
      slack.close();
    }
  });
});

describe("proxy-and-private-ca.md", () => {
  test("a private authority by variable, and both by a fetch of one's own", async () => {
    const secure = await startSandbox("--tls");
    const proxy = await connectProxy();
    try {
      const { baseUrl } = secure.threatq;
      const files = await unfold("proxy-and-private-ca.md", { tools: ["undici"], change: (source) => source.replaceAll("https://tq.example.com", baseUrl) });
      const env = { ...credentials(secure.threatq), PRIVATE_CA: secure.access.ca, THREATQ_URL: baseUrl };
      const command = { THREATQ_CLIENT_ID: env.TQ_CLIENT_ID, THREATQ_CLIENT_SECRET: env.TQ_CLIENT_SECRET };
      assert.deepEqual(await run(files, "ca.sh", { ...env, ...command }), promised(files.sources["ca.sh"]));
      assert.equal(proxy.tunnels(), 0);
      assert.deepEqual(await run(files, "proxied.mjs", { ...env, PROXY: proxy.address }), promised(files.sources["proxied.mjs"]));
      assert.ok(proxy.tunnels() > 0);
    } finally {
      await secure.stop();
      proxy.close();
    }
  });
});

/** A proxy that tunnels, and counts. */
async function connectProxy() {
  let tunnels = 0;
  const server = createServer();
  server.on("connect", (request, socket) => {
    tunnels += 1;
    const [host, port] = request.url.split(":");
    const onward = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) end.on("error", () => socket.destroy() && onward.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { address: `http://127.0.0.1:${server.address().port}`, tunnels: () => tunnels, close: () => server.close() };
}

describe("siem.md", () => {
  let sink;
  let files;
  before(async () => {
    sink = await listener();
    files = await unfold("siem.md", { change: local });
  });
  after(() => sink.close());

  const lastSent = () => sink.requests.at(-1);

  test("Elastic gets the event with what is known of its address", async () => {
    const env = { ELASTIC: sink.address, ELASTIC_API_KEY: "elastic-key" };
    assert.deepEqual(await run(files, "elastic.mjs", env), promised(files.sources["elastic.mjs"]));
    const [action, document] = lastSent().body.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(action, { create: {} });
    assert.equal(document.source.ip, "203.0.113.9");
    assert.ok(document.threat.enrichments.length > 0);
    assert.equal(lastSent().headers.authorization, "ApiKey elastic-key");
  });

  test("Splunk gets what is worth an alert", async () => {
    const env = { SPLUNK: sink.address, SPLUNK_HEC_TOKEN: "hec-token" };
    assert.deepEqual(await run(files, "splunk.mjs", env), promised(files.sources["splunk.mjs"]));
    const events = lastSent().body.split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(events.map(({ event }) => event.value), ["bad.example", "203.0.113.9"]);
  });

  test("OCSF objects say of which address they are", async () => {
    assert.deepEqual(await run(files, "ocsf.mjs"), promised(files.sources["ocsf.mjs"]));
  });
});

describe("edge.md", () => {
  test("the Worker answers those it knows, and its token is in the Durable Object", async () => {
    const { folder, sources } = await unfold("edge.md", { change: local });
    const [, date] = /^compatibility_date = "(.*)"$/m.exec(sources["wrangler.toml"]);
    const [, binding, className] = /^name = "(.*)"\nclass_name = "(.*)"$/m.exec(sources["wrangler.toml"]);
    const worker = new Miniflare({
      compatibilityDate: date,
      modules: await asDeployed(join(folder, "worker.js")),
      durableObjects: { [binding]: className },
      bindings: { ...credentials(), CALLER_KEY: "caller-key" },
    });
    try {
      const ask = (key) => worker.dispatchFetch("https://edge.example/lookup", { method: "POST", headers: { authorization: `Bearer ${key}` }, body: '{"values":["bad[.]example"]}' });
      assert.equal((await ask("wrong")).status, 401);
      const answer = await ask("caller-key");
      assert.deepEqual([answer.status, (await answer.json())[0].verdict], [200, "malicious"]);
    } finally {
      await worker.dispose();
    }
  });
});

/** One script and the wasm as a module of its own: what Cloudflare's tool makes of a Worker. */
async function asDeployed(file) {
  const { outputFiles } = await esbuild.build({ entryPoints: [file], bundle: true, format: "esm", conditions: ["workerd"], external: ["*.wasm"], write: false, logLevel: "silent" });
  return [
    { type: "ESModule", path: "script/worker.js", contents: outputFiles[0].text },
    { type: "CompiledWasm", path: "core.wasm", contents: await readFile(packaged("core.wasm")) },
  ];
}
