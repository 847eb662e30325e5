// Serves what a person would put on a web server: `www/` at `/`, the package at `/pkg/`, under the strict
// policy that the page promises to live with. Nothing else is added; a test may lay own files over it.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml", ".wasm": "application/wasm", ".json": "application/json",
};

/** The policy of the page. `platforms`: origins that it may ask. */
function policy(platforms) {
  return [
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self'",
    `connect-src ${["'self'", ...platforms].join(" ")}`, "require-trusted-types-for 'script'", "base-uri 'none'",
    "form-action 'none'", "frame-ancestors 'none'", "report-uri /csp-report",
  ].join("; ");
}

/**
 * Starts the server on a free port of loopback.
 *
 * `packageFolder` stands at `/pkg/`; `overlay` maps paths to files that come first; `routes` maps "METHOD /path" to
 * `(request, response, body)`. `reports` collects what browsers report against the policy.
 */
export async function serve({ packageFolder, overlay = {}, routes = {} }) {
  const reports = [];
  const platforms = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://local");
    const body = await bodyOf(request);
    if (pathname === "/csp-report") {
      reports.push(body);
      return response.writeHead(204).end();
    }
    const route = routes[`${request.method} ${pathname}`];
    if (route) return route(request, response, body);
    return sendFile(response, fileOf(pathname, packageFolder, overlay), policy(platforms));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    reports,
    allow: (origin) => platforms.push(origin),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
}

function fileOf(pathname, packageFolder, overlay) {
  const path = normalize(decodeURIComponent(pathname)).replace(/\/$/, "/index.html");
  if (overlay[path]) return overlay[path];
  return path.startsWith("/pkg/") ? join(packageFolder, path.slice("/pkg/".length)) : join(root, "www", path);
}

async function sendFile(response, file, csp) {
  try {
    const content = await readFile(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Content-Security-Policy": csp, "Cache-Control": "no-store" }).end(content);
  } catch {
    response.writeHead(404, { "Content-Type": "text/plain" }).end("not found");
  }
}
