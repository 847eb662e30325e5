// The page's server: what it gives out, what it does not, and under which policy.
import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { servePage } from "../../xtask/node/page.mjs";

let page;

before(async () => {
  const www = join(process.env.IOC_TMP, "www");
  const pkg = join(process.env.IOC_TMP, "pkg");
  await mkdir(join(www, "folder.js"), { recursive: true });
  await mkdir(join(pkg, "loaders"), { recursive: true });
  await writeFile(join(process.env.IOC_TMP, "secret.js"), "outside");
  await symlink(join(process.env.IOC_TMP, "secret.js"), join(www, "link.js"));
  await writeFile(join(www, ".hidden.js"), "hidden");
  await writeFile(join(www, "index.html"), "<!doctype html>");
  await writeFile(join(www, "notes.txt"), "of no known type");
  await writeFile(join(www, "main.js"), "// main");
  await writeFile(join(pkg, "core.wasm"), "wasm");
  await writeFile(join(pkg, "loaders/default.js"), "// loader");
  page = await servePage({ www, pkg });
});

after(() => page.close());

/** `fetch` would tidy the path up before it is sent. */
function get(path, method = "GET") {
  return new Promise((resolve, reject) => {
    const { port } = new URL(page.origin);
    const sent = request({ host: "127.0.0.1", port, path, method }, (answer) => {
      answer.resume();
      answer.once("end", () => resolve({ status: answer.statusCode, headers: answer.headers }));
    });
    sent.once("error", reject);
    sent.end();
  });
}

for (const [path, type] of [
  ["/", "text/html; charset=utf-8"],
  ["/main.js?v=1", "text/javascript; charset=utf-8"],
  ["/pkg/core.wasm", "application/wasm"],
  ["/pkg/loaders/default.js", "text/javascript; charset=utf-8"],
]) {
  test(`${path} is served as ${type}`, async () => {
    const { status, headers } = await get(path);
    assert.equal(status, 200);
    assert.equal(headers["content-type"], type);
    assert.equal(headers["x-content-type-options"], "nosniff");
  });
}

for (const path of [
  "/../secret.js",
  "/%2e%2e/secret.js",
  "/pkg/../../secret.js",
  "/pkg/..%2f..%2fsecret.js",
  "/..%5csecret.js",
  "/link.js",
  "/.hidden.js",
  "/folder.js",
  "/pkg/",
  "/pkg/loaders",
  "//main.js",
  "/main.js%00.html",
  "/notes.txt",
  "/%zz.js",
  "/missing.js",
]) {
  test(`${path} is not found`, async () => {
    assert.equal((await get(path)).status, 404);
  });
}

test("only reading is possible", async () => {
  assert.equal((await get("/main.js", "POST")).status, 405);
  assert.equal((await get("/main.js", "HEAD")).status, 200);
});

test("the policy lets the page connect to the platforms and to nothing else", async () => {
  const connect = async () => (await get("/")).headers["content-security-policy"].match(/connect-src ([^;]*)/)[1];
  assert.equal(await connect(), "'none'");
  page.allow(["http://127.0.0.1:1", "http://127.0.0.1:2"]);
  assert.equal(await connect(), "http://127.0.0.1:1 http://127.0.0.1:2");
});

test("the policy allows wasm, and no inline script, no inline style, no markup from strings", async () => {
  const policy = (await get("/")).headers["content-security-policy"];
  for (const part of [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "require-trusted-types-for 'script'",
  ]) {
    assert.ok(policy.split("; ").includes(part), part);
  }
  assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|\*/);
});
