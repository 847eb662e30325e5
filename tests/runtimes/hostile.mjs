// The hostile server: answers as a scenario says, and remembers everything it was asked.
//
// Each run of a scenario has an origin of its own, so neither connections nor caches nor preflights
// of one run reach another. A second, permanent origin takes the scenario's questions about what the
// server saw (`/<run>/<verb>`, JSON in and out). CORS is open on all of them, without exposing any
// header: what a page may not read is part of what is tested.

import { EventEmitter, once } from "node:events";
import http from "node:http";
import net from "node:net";

import { dialects } from "./dialects.mjs";
import { Exchange } from "./exchange.mjs";
import { scenarios } from "./scenarios/index.mjs";

const CONTROL_WAIT_MS = 20_000;

export async function startHostile() {
  const runs = new Map();
  const control = await listen(http.createServer((request, response) => answerControl(runs, request, response)));
  let opened = 0;
  return {
    control: control.origin,
    /** Opens an origin for one run of the scenario with this name. */
    async open(name, dialect) {
      const scenario = scenarios.find((candidate) => candidate.name === name);
      const run = new Run(`run${++opened}`, scenario, dialects[dialect]);
      await run.start();
      runs.set(run.id, run);
      return run;
    },
    async close() {
      await Promise.all([...runs.values()].map((run) => run.close()));
      control.server.closeAllConnections();
      control.server.close();
    },
  };
}

class Run extends EventEmitter {
  constructor(id, scenario, dialect) {
    super();
    this.setMaxListeners(0);
    this.id = id;
    this.scenario = scenario;
    this.dialect = dialect;
    this.state = scenario.state?.() ?? {};
    this.log = [];
    /** Secrets given out, with a name for the sweep's message. */
    this.minted = new Map();
    /** Access tokens that the API accepts at present. */
    this.valid = new Set();
    this.released = new Set();
    this.inflight = { token: 0, api: 0, elsewhere: 0 };
    this.most = { token: 0, api: 0, elsewhere: 0 };
    this.cut = 0;
    this.preflights = 0;
    this.errors = [];
    this.sockets = new Set();
  }

  async start() {
    this.main = await listen(this.#server((request, response, body) => this.#serve(request, response, body)));
    this.other = await listen(this.#server((request, response) => this.#elsewhere(request, response)));
    this.mute = await listen(net.createServer((socket) => { socket.on("error", () => {}); socket.end("this is not TLS, and not HTTP either\r\n"); }));
    this.refusing = await closedPort();
  }

  /** What a scenario's client half needs to know. */
  get addresses() {
    return {
      id: this.id,
      base: this.main.origin,
      elsewhere: this.other.origin,
      refusing: `http://127.0.0.1:${this.refusing}`,
      notHttp: this.mute.origin,
      notTls: this.mute.origin.replace("http:", "https:"),
    };
  }

  count(kind, variant) {
    if (kind === "cut") return this.cut;
    return this.log.filter((entry) => entry.kind === kind && (variant === undefined || entry.variant === variant)).length;
  }

  hold(name, response) {
    if (this.released.has(name)) return Promise.resolve();
    return new Promise((done) => {
      this.once(`release ${name}`, done);
      response.once("close", done);
    });
  }

  async close() {
    this.emit("end");
    for (const { server } of [this.main, this.other, this.mute]) {
      server.closeAllConnections?.();
      server.close();
    }
  }

  #server(serve) {
    const server = http.createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
      response.on("error", () => {});
      cors(request, response);
      if (this.scenario.freshConnections) response.shouldKeepAlive = false;
      if (request.method === "OPTIONS" && request.headers["access-control-request-method"]) {
        this.preflights += 1;
        response.writeHead(204, { "Access-Control-Max-Age": "600" }).end();
        return;
      }
      const chunks = [];
      try {
        for await (const chunk of request) chunks.push(chunk);
      } catch {
        return; // the client went away while it was still sending
      }
      await serve(request, response, Buffer.concat(chunks));
    });
    server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.sockets.delete(socket));
    });
    return server;
  }

  async #serve(request, response, body) {
    const exchange = new Exchange(this, request, response, body);
    this.#record(exchange, response);
    try {
      await (this.scenario.serve ? this.scenario.serve(exchange) : exchange.honest());
    } catch (error) {
      this.errors.push(String(error?.stack ?? error));
      request.socket.destroy();
    }
  }

  #record(exchange, response) {
    const { kind, nth, variant, grant, method, target, path, search, headers, text, bearer } = exchange;
    const entry = { kind, nth, variant, grant, method, target, path, search, headers, text, bearer, at: performance.now(), cut: false };
    this.log.push(entry);
    this.inflight[kind] += 1;
    this.most[kind] = Math.max(this.most[kind], this.inflight[kind]);
    response.on("close", () => {
      this.inflight[kind] -= 1;
      entry.status = response.statusCode;
      entry.cut = !response.writableFinished;
      if (entry.cut) this.cut += 1;
      this.emit("change");
    });
    this.emit("change");
  }

  /** The second origin: nothing may ever be sent there. */
  #elsewhere(request, response) {
    this.log.push({ kind: "elsewhere", method: request.method, target: request.url, headers: request.headers });
    this.emit("change");
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  }
}

/** Verbs of the control origin: `(run, arguments) => answer`. */
const verbs = {
  log: (run) => run.log,
  stats: (run) => ({ most: run.most, inflight: run.inflight, cut: run.cut, preflights: run.preflights, sockets: run.sockets.size, errors: run.errors }),
  secrets: (run) => [...run.minted],
  release: (run, { name }) => { run.released.add(name); run.emit(`release ${name}`); },
  revoke: (run) => run.valid.clear(),
  /** Changes members of the state that `serve` reads. */
  set: (run, members) => { Object.assign(run.state, members); },
  mint: (run, { kind }) => {
    const value = Exchange.prototype.mint.call({ run }, kind);
    run.valid.add(value);
    return value;
  },
  /** Until `count` requests of that kind have come (or connections been cut), or the wait is over. */
  async waitFor(run, { kind, count, variant }) {
    const deadline = Date.now() + CONTROL_WAIT_MS;
    while (run.count(kind, variant) < count && Date.now() < deadline) {
      await Promise.race([once(run, "change"), new Promise((done) => setTimeout(done, deadline - Date.now()).unref())]);
    }
    return run.count(kind, variant);
  },
};

async function answerControl(runs, request, response) {
  cors(request, response);
  if (request.method === "OPTIONS") return response.writeHead(204, { "Access-Control-Max-Age": "600" }).end();
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const [, id, verb] = request.url.split("/");
  const body = Buffer.concat(chunks).toString() || "{}";
  const answer = await verbs[verb](runs.get(id), JSON.parse(body));
  response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(answer ?? null));
}

function cors(request, response) {
  if (!request.headers.origin) return;
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Access-Control-Allow-Methods", request.headers["access-control-request-method"] ?? "*");
  response.setHeader("Access-Control-Allow-Headers", request.headers["access-control-request-headers"] ?? "*");
}

async function listen(server) {
  server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

/** A port of loopback on which nobody listens. */
async function closedPort() {
  const { server, origin } = await listen(net.createServer());
  server.close();
  await once(server, "close");
  return Number(new URL(origin).port);
}
