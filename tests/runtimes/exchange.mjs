// One request as the hostile server sees it, and everything that can be answered to it.
//
// A scenario's `serve(x)` gets one of these per request. Bodies have been read already; times are
// milliseconds; nothing here waits unless its name says so.

import { createHash } from "node:crypto";
import { createGzip, gzipSync } from "node:zlib";

const DROP_AFTER_HEADERS = "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: application/json\r\n\r\n{\"acc";
const DROP_IN_CHUNK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nAccess-Control-Allow-Origin: *\r\nContent-Type: application/json\r\n\r\n5\r\n{\"acc\r\n";

export class Exchange {
  constructor(run, request, response, body) {
    const url = new URL(request.url, "http://hostile.invalid");
    this.run = run;
    this.request = request;
    this.response = response;
    this.method = request.method;
    /** As sent: not decoded, not normalised. */
    this.target = request.url;
    this.path = url.pathname;
    this.search = url.search;
    this.query = url.searchParams;
    this.headers = request.headers;
    this.body = body;
    this.text = body.toString("utf8");
    this.grant = run.dialect.grantOf(this);
    this.bearer = run.dialect.bearerOf(this);
    this.kind = this.grant !== null ? "token" : "api";
    /** Which row of a table this is about: the base URL of row 3 ends in `/v3`. */
    this.variant = Number(/^\/v(\d+)\//.exec(this.path)?.[1] ?? -1);
    /** Ordinal among the requests of this kind (for the same row), from 1. */
    this.nth = run.log.filter(({ kind, variant }) => kind === this.kind && variant === this.variant).length + 1;
    this.state = run.state;
  }

  get isToken() { return this.kind === "token"; }

  // ---------------------------------------------------------------- complete answers

  send(status, headers, body) {
    if (this.response.destroyed) return;
    this.response.writeHead(status, { ...headers });
    this.response.end(this.method === "HEAD" ? undefined : body);
  }
  json(status, value, headers = {}) { this.send(status, { "Content-Type": "application/json", ...headers }, JSON.stringify(value)); }
  bytes(status, bytes, headers = {}) { this.send(status, { "Content-Type": "application/json", ...headers }, Buffer.from(bytes)); }
  empty(status, headers = {}) { this.send(status, headers, undefined); }
  gzip(status, bytes, headers = {}) { this.bytes(status, gzipSync(bytes), { "Content-Encoding": "gzip", ...headers }); }

  /** A well-formed token answer; members given as undefined are left out. Returns the access token. */
  token(members = {}, headers = {}) {
    const access = "access_token" in members ? members.access_token : this.mint("access");
    this.run.valid.add(access);
    this.json(200, { ...this.run.dialect.token, ...members, access_token: access }, headers);
    return access;
  }

  /** What a server does that has nothing against anybody. */
  honest() {
    if (this.isToken) return this.token();
    if (!this.run.valid.has(this.bearer)) return this.unauthorized();
    return this.page();
  }
  page(headers = {}) { this.json(200, this.run.dialect.emptyPage, headers); }
  unauthorized() { this.json(401, { errors: ["Unauthorized."] }, { "WWW-Authenticate": "Bearer" }); }
  /** An OAuth error as RFC 6749 5.2 writes it. */
  oauthError(error, status = 400, members = {}) { this.json(status, { error, ...members }); }

  // ---------------------------------------------------------------- incomplete answers

  /** Cuts the connection without a byte. */
  drop() { this.request.socket.destroy(); }
  /** Cuts the connection in the middle of a body that promised to be longer. */
  dropInBody() {
    const { socket } = this.request;
    socket.write(DROP_AFTER_HEADERS, () => socket.destroy());
  }
  /** Cuts the connection in the middle of a chunked body. */
  dropInChunk() {
    // By hand: with `Connection: close` Node's fetch would take the cut for the end of the body.
    const { socket } = this.request;
    socket.write(DROP_IN_CHUNK, () => socket.destroy());
  }
  /** Sends headers and a first byte, then nothing more. */
  stall(status = 200, headers = {}) {
    this.response.writeHead(status, { "Content-Type": "application/json", ...headers });
    this.response.write("{");
  }
  /** Sends a byte every `everyMs` until the client goes away. */
  dribble(everyMs, status = 200) {
    this.response.writeHead(status, { "Content-Type": "application/json" });
    this.response.write(" ");
    const timer = setInterval(() => this.response.write(" "), everyMs);
    this.response.on("close", () => clearInterval(timer));
  }
  /** `total` bytes of JSON white space, as fast as the client reads them. */
  async flood(total, headers = {}) {
    this.response.writeHead(200, { "Content-Type": "application/json", ...headers });
    await pour(this.response, total);
  }
  /** `total` bytes of white space, compressed to a thousandth. */
  async bomb(total) {
    this.response.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" });
    const gzip = createGzip({ level: 9 });
    gzip.on("error", () => {});
    this.response.on("error", () => {});
    this.response.on("close", () => gzip.destroy());
    gzip.pipe(this.response);
    await pour(gzip, total);
  }

  // ---------------------------------------------------------------- waiting

  /** Until the scenario releases `name`, or the client goes away. */
  hold(name) { return this.run.hold(name, this.response); }
  later(ms) { return new Promise((done) => setTimeout(done, ms)); }

  // ---------------------------------------------------------------- secrets

  /** A new secret that the sweep will look for. */
  mint(kind) {
    const value = createHash("sha256").update(`${this.run.id}/${kind}/${this.run.minted.size}`).digest("base64");
    this.run.minted.set(value, `${kind} token ${this.run.minted.size + 1}`);
    return value;
  }
}

async function pour(stream, total) {
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  const closed = new Promise((done) => stream.once("close", done));
  for (let sent = 0; sent < total; sent += chunk.length) {
    if (stream.destroyed) return;
    if (!stream.write(chunk)) await Promise.race([closed, new Promise((go) => stream.once("drain", go))]);
  }
  if (!stream.destroyed) stream.end();
}
