// Runs one scenario inside a runtime, and afterwards asks what every scenario has to keep.
//
// A runner's host imports `instruments.mjs`, then the package, then this, and calls `makeAgent` once. The
// scenario's `run(t)` gets the context built here. What holds for all of them is checked in `finish`:
// no secret in anything that came out (S9), nothing on the console (S10), no rejection without an owner
// (T11), no timer left after `close()` (L7), nothing sent to another origin (S2), ended in time.

import * as assert from "./assert.mjs";
import { canaries, dialects, identity } from "./dialects.mjs";
import { consoleLines, monotonic, network, strays, timers, wasm } from "./instruments.mjs";
import { scenarios } from "./scenarios/index.mjs";
import { Secrets, textsOf } from "./sweep.mjs";

const START = Date.UTC(2026, 2, 1);
/** What `toJSON` of an error may show (E1). */
const ERROR_FIELDS = new Set(["name", "message", "code", "category", "retryable", "platform", "status", "oauthError", "oauthErrorDescription", "reason", "retryAfterMs", "attempts"]);
/** What an event may show (L15). */
const EVENT_FIELDS = new Set(["type", "platform", "name", "at", "status", "attempt", "durationMs", "waitMs", "code", "message"]);
/** A scenario may take this much longer than the longest time that it configures. */
export const SLACK_MS = 250;
/** Longer than a busy machine needs: what is to end by a timer has one of its own, or lets time pass by `timers.elapse`. */
const TIMEOUTS = { tokenMs: 20_000, requestMs: 20_000, totalMs: 30_000 };
/** So many turns of the event loop are "at once": 50 ms in a browser, whose shortest timers last 4 ms. */
const AT_ONCE = 12;

export function makeAgent({ ioc, runtime, imported, inspect, memory }) {
  const contexts = new Map();
  return {
    /** `job`: `{ name, dialect, control, addresses }`, the last as the hostile server gives them. */
    async begin(job) {
      const context = new Context({ ...job, ioc, runtime, imported, inspect, memory });
      contexts.set(job.addresses.id, context);
      return context.guard(() => context.scenario.setup?.(context));
    },
    /** One of the concurrent callers; in workerd each comes in a request of its own. */
    async call(id, caller) {
      const context = contexts.get(id);
      return context.guard(() => context.scenario.run(context, caller));
    },
    async finish(id) {
      const context = contexts.get(id);
      contexts.delete(id);
      return context.finish();
    },
    /** All of it, where one caller is like the other. */
    async whole(job) {
      await this.begin(job);
      const { id } = job.addresses;
      const callers = contexts.get(id).scenario.callers ?? 1;
      await Promise.all(Array.from({ length: callers }, (_, caller) => this.call(id, caller)));
      return this.finish(id);
    },
  };
}

class Context {
  constructor({ name, dialect, control, addresses, ioc, runtime, imported, inspect, memory }) {
    this.scenario = scenarios.find((candidate) => candidate.name === name);
    this.dialect = dialects[dialect];
    this.ioc = ioc;
    this.runtime = runtime;
    /** A page: cross-origin rules hide headers and redirects, and secrets need an opt-in. */
    this.page = runtime === "chromium" || runtime === "firefox";
    this.workerd = runtime.startsWith("workerd");
    /** The browser signs requests with its own name. */
    this.browser = this.page || runtime === "extension";
    /** Work may be frozen, or stopped, once its call has been answered. */
    this.dormant = this.workerd || runtime === "extension";
    this.imported = imported;
    this.inspect = inspect;
    this.memory = memory;
    Object.assign(this, addresses);
    this.assert = assert;
    this.clock = new Clock();
    this.timers = timers;
    this.timeouts = TIMEOUTS;
    this.monotonic = monotonic;
    this.network = network;
    this.wasm = wasm;
    this.canaries = canaries;
    this.identity = identity;
    this.server = new Server(control, addresses.id);
    /** Events of all clients, in order. */
    this.events = [];
    /** Everything else that the package let out, for the sweep. */
    this.seen = [];
    this.clients = [];
    this.failures = [];
    /** Scratch space for scenarios with several callers. */
    this.shared = {};
    this.intervalsBefore = timers.intervals();
    this.startedAt = monotonic.now();
    [consoleLines, strays].forEach((source) => source.take());
    wasm.takeUsedAfterTrap();
  }

  /** Runs a part of the scenario; what it throws is a failure of the scenario, not of the agent. */
  async guard(part) {
    try {
      await part();
    } catch (error) {
      this.failures.push(describe(error));
    }
  }

  /** Configuration for a client of this run. `auth` may be a name of the dialect's. */
  config({ auth = "client", baseUrl = this.base, ...rest } = {}) {
    return {
      ...this.dialect.config(baseUrl, typeof auth === "string" ? this.dialect.auth[auth]() : auth),
      allowInsecureLoopback: true,
      allowBrowserSecrets: true,
      timeouts: TIMEOUTS,
      now: this.clock.now,
      sleep: this.clock.sleep,
      random: this.clock.random,
      onEvent: (event) => this.events.push(event),
      ...rest,
    };
  }

  /** A client of this run, closed at its end. */
  async client(overrides) {
    const client = await this.ioc.createClient(this.config(overrides));
    this.clients.push(client);
    return client;
  }

  /** One authorized GET of the dialect's ordinary path. */
  get(client, options) { return client.request(this.dialect.apiPath, options); }

  /** The error that `promise` rejects with; it must be ours, whole, and hold `expected`. */
  async refused(promise, expected = {}, what = "") {
    let value;
    try {
      value = await promise;
    } catch (error) {
      this.seen.push(error);
      this.#checkError(error, what);
      assert.includes(error, expected, `${what} error`);
      return error;
    }
    return assert.fail(`${what} expected a LookupError ${JSON.stringify(expected.code ?? "")}, but it resolved with ${Object.prototype.toString.call(value)}`);
  }

  /** The error of a lookup, whether it rejects or stands in the report. */
  async lookupError(client, value) {
    const error = await client.lookup(value).then((report) => {
      this.seen.push(report);
      return report.error;
    }, (reason) => reason);
    return this.refused(Promise.reject(error), {}, "lookup");
  }

  #checkError(error, what) {
    assert.ok(error instanceof this.ioc.LookupError, `${what} rejects with a LookupError (is ${describe(error)})`);
    assert.ok(this.ioc.isLookupError(error), `${what} isLookupError`);
    assert.ok(this.ioc.isLookupError(JSON.parse(JSON.stringify(error))), `${what} isLookupError of the parsed copy`);
    for (const field of Object.keys(error.toJSON())) assert.ok(ERROR_FIELDS.has(field), `${what} toJSON shows only known fields, not ${field}`);
    assert.ok(error.code === "aborted" || error.cause === undefined, `${what} cause is dropped (E3)`);
    assert.equal(error.name, "LookupError", `${what} name`);
    assert.ok(typeof error.message === "string" && error.message.length > 0, `${what} message`);
  }

  /**
   * Asserts that `action` takes `low` to `high` milliseconds. The upper end is another timer of this runtime, since timers
   * that are late come in their order all the same: a busy machine fails nothing.
   */
  async within(low, high, action, what = "duration") {
    const before = monotonic.now();
    let over = false;
    const limit = timers.wait(high).then(() => { over = true; });
    const value = await Promise.race([action(), limit]);
    assert.ok(!over, `${what}: ended within ${high} ms`);
    assert.between(monotonic.now() - before, low, Infinity, `${what}: milliseconds`);
    return value;
  }

  /** Asserts that `action` waits for nothing: it ends within a few turns of the event loop. */
  async atOnce(action, what = "action") {
    let turns = 0;
    let ended = false;
    const end = () => { ended = true; };
    const work = action();
    work.then(end, end);
    while (!ended && turns < AT_ONCE) {
      turns += 1;
      await timers.wait(0);
    }
    assert.ok(ended, `${what}: ended at once`);
    return work;
  }

  eventTypes() { return this.events.map((event) => event.type); }

  async finish() {
    const ms = monotonic.now() - this.startedAt;
    await this.guard(() => this.scenario.check?.(this));
    this.seen.push(...this.clients);
    await this.guard(() => this.clients.forEach((client) => client.close()));
    this.seen.push(...this.clients);
    await this.guard(() => this.#checkEvents());
    await this.guard(() => this.#checkLeftovers());
    const swept = await this.#sweep();
    await this.guard(() => this.#checkTime(ms));
    monotonic.reset();
    wasm.disarm();
    timers.forget();
    return { ms: Math.round(ms), swept, failures: this.failures };
  }

  #checkEvents() {
    for (const event of this.events) {
      for (const field of Object.keys(event)) assert.ok(EVENT_FIELDS.has(field), `event shows only known fields, not ${field}`);
      assert.match(event.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/, "event.at");
    }
  }

  async #checkLeftovers() {
    await timers.wait(0);
    assert.deepEqual(timers.outstanding(), [], "timers left after close");
    const errors = strays.take();
    this.seen.push(...errors);
    assert.deepEqual(errors.map(describe), [], "rejections or exceptions without an owner");
    const printed = consoleLines.take();
    this.seen.push(printed);
    assert.deepEqual(printed.map(([level, first]) => `${level}: ${first}`), [], "console lines");
    assert.deepEqual(wasm.takeUsedAfterTrap(), [], "exports called on a dead instance");
    const stats = await this.server.stats();
    assert.deepEqual(stats.errors, [], "errors of the scenario's own server half");
    if (!this.scenario.visitsElsewhere) assert.equal((await this.server.log()).filter(({ kind }) => kind === "elsewhere").length, 0, "requests to another origin");
  }

  /** Looks for every secret of this run in everything that was seen. Returns how many texts were searched. */
  async #sweep() {
    const secrets = new Secrets();
    for (const [name, value] of Object.entries({ ...canaries, ...this.scenario.secrets })) secrets.add(name, value);
    secrets.add("Basic value", encodeBasic(`${identity.clientId}:${canaries.clientSecret}`));
    for (const [value, name] of await this.server.secrets()) secrets.add(name, value);
    let texts = 0;
    const searched = new Set();
    for (const thing of [...this.seen, ...this.events]) {
      for (const text of textsOf(thing, this.inspect)) {
        texts += 1;
        if (searched.has(text)) continue;
        searched.add(text);
        const leak = secrets.find(text);
        if (leak) {
          this.failures.push(`S9: ${leak} stands in ${describe(thing)}: ${text.slice(0, 300)}`);
          break;
        }
      }
    }
    return texts;
  }

  #checkTime(ms) {
    const limit = this.scenario.timeoutMs ?? TIMEOUTS.totalMs;
    assert.ok(ms <= limit + SLACK_MS, `took ${Math.round(ms)} ms; its timeout is ${limit} ms`);
  }
}

/** Injected time: nothing here waits, `sleep` only writes down for how long it was asked. */
class Clock {
  #wall = START;
  sleeps = [];
  fraction = 0;
  now = () => this.#wall;
  sleep = async (ms) => {
    this.sleeps.push(ms);
    this.#wall += ms;
  };
  random = () => this.fraction;
  advance(ms) { this.#wall += ms; }
  set(at) { this.#wall = at; }
  iso(offsetMs = 0) { return new Date(this.#wall + offsetMs).toISOString(); }
}

/** The hostile server's control origin, as this run sees it. */
class Server {
  #url;
  constructor(control, id) { this.#url = `${control}/${id}`; }

  async #ask(verb, values) {
    const answer = await network.fetch(`${this.#url}/${verb}`, { method: "POST", body: JSON.stringify(values ?? {}) });
    return answer.json();
  }

  log() { return this.#ask("log"); }
  stats() { return this.#ask("stats"); }
  secrets() { return this.#ask("secrets"); }
  release(name) { return this.#ask("release", { name }); }
  revoke() { return this.#ask("revoke"); }
  set(members) { return this.#ask("set", members); }
  /** A secret that the server has "given out" without being asked. */
  mint(kind) { return this.#ask("mint", { kind }); }
  /** Waits on the server's side until it has had `count` requests of this kind, for this row if one is given. */
  async waitFor(kind, count, variant) { assert.between(await this.#ask("waitFor", { kind, count, variant }), count, Infinity, `${kind} requests that came`); }

  async requests(kind) { return (await this.log()).filter((entry) => entry.kind === kind); }
  async tokenRequests() { return this.requests("token"); }
  async apiRequests() { return this.requests("api"); }
  /** Asserts how many requests came, token and API. */
  async saw({ token, api }) {
    const log = await this.log();
    if (token !== undefined) assert.equal(log.filter(({ kind }) => kind === "token").length, token, "token requests");
    if (api !== undefined) assert.equal(log.filter(({ kind }) => kind === "api").length, api, "API requests");
    return log;
  }
}

const encodeBasic = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

function describe(value) {
  if (value instanceof Error) return `${value.name}: ${value.message}${value.code ? ` [${value.code}${value.reason ? `/${value.reason}` : ""}]` : ""}`;
  try {
    return JSON.stringify(value).slice(0, 200);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
