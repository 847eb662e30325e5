// The page's server: `www/` at `/`, the built package at `/pkg/`, on loopback, under a strict content security policy.
// The demo starts it for a person, the browser tests for a browser.
import { once } from "node:events";
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer, request } from "node:http";
import { extname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Starts the server. `port` 0 takes any free one.
 *
 * Returns `{ origin, allow(origins), pass(path, to), close() }`. The page may connect to the allowed origins and to nothing
 * else; they are told later, because the platforms in turn must know the page's origin (CORS) before they start. What is
 * asked at a passed path is answered by another server, as by a route of the same site: `to()` gives its address and
 * further headers.
 */
export async function servePage({ port = 0, www = join(ROOT, "www"), pkg = join(ROOT, "pkg") } = {}) {
  let origins = [];
  const passed = new Map();
  const server = createServer(async (incoming, response) => {
    const to = passed.get(incoming.url.split("?", 1)[0]);
    if (to !== undefined) return passOn(incoming, response, to);
    const headers = {
      "content-security-policy": policy(passed.size > 0 ? ["'self'", ...origins] : origins),
      "cross-origin-opener-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      // The package is built anew between two visits.
      "cache-control": "no-store",
    };
    const reads = incoming.method === "GET" || incoming.method === "HEAD";
    const file = reads ? await find(incoming.url, www, pkg) : null;
    if (file === null) {
      const [status, text] = reads ? [404, "Not found.\n"] : [405, "Only GET and HEAD.\n"];
      response.writeHead(status, { ...headers, "content-type": "text/plain; charset=utf-8" }).end(text);
      return;
    }
    const body = await readFile(file);
    response.writeHead(200, { ...headers, "content-type": TYPES[extname(file)], "content-length": body.length });
    response.end(incoming.method === "HEAD" ? undefined : body);
  });
  await new Promise((resolve, reject) => {
    server.once("error", ({ code, message }) => {
      reject(new Error(code === "EADDRINUSE" ? `port ${port} is taken: --port chooses another, 0 any free one` : message));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    allow(list) {
      origins = list;
    },
    pass(path, to) {
      passed.set(path, to);
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Hands a request over, and its answer back. Whoever asks, the further headers are ours. */
async function passOn(incoming, response, to) {
  try {
    const { origin, headers } = await to();
    // Uncompressed: Chromium takes a compressed answer that the local workerd streams for one that was aborted at its end.
    const own = { ...headers, "accept-encoding": "identity" };
    const sent = request(new URL(incoming.url, origin), { method: incoming.method, headers: { ...incoming.headers, ...own } });
    // Who refuses a body may close while it is still being sent: what counts is whether an answer came.
    sent.on("error", () => {});
    incoming.pipe(sent);
    const [answer] = await once(sent, "response");
    response.writeHead(answer.statusCode, answer.headers);
    await pipeline(answer, response);
  } catch {
    if (response.headersSent) return response.destroy();
    response.writeHead(502, { "content-type": "text/plain; charset=utf-8" }).end("The server behind this path does not answer.\n");
  }
}

/** The policy that the element promises to live under; nothing is relaxed for the demo. */
function policy(origins) {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    // The icon of the page.
    "img-src 'self'",
    `connect-src ${origins.join(" ") || "'none'"}`,
    "require-trusted-types-for 'script'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The file behind a request's path, or null: only files of a known type inside the two folders, no listings. */
async function find(url, www, pkg) {
  let path;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
  } catch {
    return null;
  }
  const inPackage = path.startsWith("/pkg/");
  const folder = inPackage ? pkg : www;
  const name = inPackage ? path.slice("/pkg/".length) : path === "/" ? "index.html" : path.slice(1);
  const segments = name.split("/");
  if (/[\\\0]/.test(name) || segments.some((segment) => segment === "" || segment.startsWith("."))) return null;
  if (TYPES[extname(name)] === undefined) return null;
  try {
    // Links may lead out of the folder, so the real place decides.
    const file = await realpath(join(folder, ...segments));
    const inside = file.startsWith((await realpath(folder)) + sep);
    return inside && (await stat(file)).isFile() ? file : null;
  } catch {
    return null;
  }
}
