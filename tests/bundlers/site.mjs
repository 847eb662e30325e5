// One server for the pages of all bundlers, so that the sandbox has one origin to let in. What was built is served under the
// policy that the package promises to live under.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { extname, join } from "node:path";

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".wasm": "application/wasm" };

/** Returns `{ server, origin, mount(prefix, folder), handle(prefix, middleware), allow(origin), close() }`. */
export async function openSite() {
  const mounts = new Map();
  let allowed = "";
  const server = createServer((request, response) => {
    const prefix = /^\/[^/]+(\/|$)/.exec(request.url)?.[0];
    const answer = mounts.get(prefix) ?? missing;
    answer(request, response, () => missing(request, response));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const fileOf = (folder, prefix) => async (request, response) => {
    const name = request.url.slice(prefix.length).split("?")[0] || "index.html";
    const body = await readFile(join(folder, name)).catch(() => null);
    if (body === null) return missing(request, response);
    const policy = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' ${allowed}; require-trusted-types-for 'script'`;
    response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "application/octet-stream", "content-security-policy": policy }).end(body);
  };
  return {
    server,
    origin: `http://127.0.0.1:${server.address().port}`,
    mount: (prefix, folder) => mounts.set(prefix, fileOf(folder, prefix)),
    handle: (prefix, middleware) => mounts.set(prefix, middleware),
    allow: (origin) => {
      allowed = origin;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function missing(request, response) {
  // Browsers ask for this one by themselves.
  if (request.url === "/favicon.ico") return response.writeHead(204).end();
  response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
}
