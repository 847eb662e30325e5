// Clients: thin objects whose methods hand over to the core. Behind each stands a kernel with what must survive a restart
// of the core: the configuration and the newest record of the token, in private fields that no inspection shows.

import { LookupError, localError } from "./errors.js";
import { split, hooks } from "./hooks.js";
import { core, generation, ready } from "./load.js";
import { disown, guarded, run } from "./tasks.js";

/**
 * What a client holds, apart from the client itself: the core calls back into this and never into the client, so that a
 * client nobody uses any more can be collected, and what it holds with it.
 */
class Kernel {
  #config;
  #callbacks;
  #memory;
  #core;
  #generation;
  #calls = new Set();
  #closed = false;
  platform;
  label;

  constructor(config) {
    const { members, callbacks } = plain("config", () => split(config));
    this.#config = json(members, "config");
    this.#callbacks = callbacks;
    this.platform = members.platform;
    this.label = this.#open().label;
  }

  /** One operation of the core. */
  async call(operation, args, options = {}) {
    const { signal, onProgress, ...rest } = plain("options", () => ({ ...options }));
    const [argsJson, optionsJson] = [json(args, "arguments"), json(rest, "options")];
    checkSignal(signal);
    await ready();
    if (this.#closed) throw this.#error("client_closed");
    if (signal?.aborted) throw this.#error("aborted", { signal });
    return this.#run(guarded(() => this.#open().start(operation, argsJson, optionsJson)), signal, onProgress && percentage(onProgress));
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#calls) call.cancel((attempts) => this.#error("client_closed", { attempts }));
    this.#release();
    this.#config = this.#memory = undefined;
    this.#callbacks = {};
  }

  async #run(task, signal, tell) {
    const call = run(task, tell);
    const abort = () => call.cancel((attempts) => this.#error("aborted", { signal, attempts }));
    this.#calls.add(call);
    signal?.addEventListener("abort", abort);
    try {
      return await call.promise;
    } finally {
      this.#calls.delete(call);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** The core of this client; a new one, with what was remembered, after the instance was replaced. */
  #open() {
    const { CoreClient } = core();
    if (this.#core !== undefined && this.#generation === generation()) return this.#core;
    this.#release();
    const own = hooks(this.#callbacks, {
      about: () => ({ platform: this.platform, name: this.label }),
      remember: (record) => {
        this.#memory = record;
      },
      spawn: (task) => this.#run(task).catch(() => {}),
    });
    this.#core = guarded(() => new CoreClient(this.#config, own, this.#memory));
    this.#generation = generation();
    return this.#core;
  }

  #release() {
    const released = this.#core;
    this.#core = undefined;
    if (released === undefined) return;
    if (this.#generation !== generation()) return disown(released);
    guarded(() => {
      released.close();
      released.free();
    });
  }

  #error(code, { signal, attempts = 0 } = {}) {
    const facts = { ...localError(code).toJSON(), platform: this.platform, attempts };
    return new LookupError(facts, signal && { cause: signal.reason });
  }
}

/** Clients that were dropped without `close()`. Older edge runtimes cannot tell. */
const dropped = typeof FinalizationRegistry === "function" ? new FinalizationRegistry((kernel) => kernel.close()) : undefined;

class Client {
  #kernel;

  constructor(config) {
    this.#kernel = new Kernel(config);
    dropped?.register(this, this.#kernel, this);
  }

  get platform() {
    return this.#kernel.platform;
  }

  get name() {
    return this.#kernel.label;
  }

  token(options) {
    return this._call("token", {}, options);
  }

  async forgetToken() {
    await this._call("forgetToken", {});
  }

  async authorize(headers, options) {
    const copy = plain("headers", () => new Headers(headers));
    for (const [name, value] of await this._call("authorize", {}, options)) copy.set(name, value);
    return copy;
  }

  async request(path, init = {}) {
    const { signal, timeoutMs, ...rest } = plain("init", () => ({ ...init }));
    const [status, headers, body] = await this._call("request", requestArguments(path, rest), { signal, timeoutMs });
    const empty = [204, 205, 304].includes(status);
    return new Response(empty ? null : body, { status, headers });
  }

  check(options) {
    return this._call("check", {}, options);
  }

  async lookup(values, options) {
    return revive(await this._call("lookup", { values }, options));
  }

  async *indicatorFeed(options = {}) {
    const { signal, timeoutMs, onProgress, ...wanted } = options;
    let cursor;
    let done = 0;
    do {
      const page = await this._call("feed.page", { ...wanted, cursor }, { signal, timeoutMs });
      done += page.received;
      report(onProgress, { done, total: page.total });
      if (page.entries.length > 0) yield page.entries;
      cursor = page.next;
    } while (cursor !== null);
  }

  close() {
    this.#kernel.close();
    dropped?.unregister(this);
  }

  [Symbol.dispose ?? Symbol.for("Symbol.dispose")]() {
    this.close();
  }

  /** For the platforms' own methods. */
  _call(operation, args, options) {
    return this.#kernel.call(operation, args, options);
  }
}

export class ThreatQ extends Client {
  indicators = Object.freeze({
    list: (query, options) => this._call("indicators.list", { query }, options),
    iterate: (query, options) => this.#iterate(query, options),
    get: (id, query, options) => this._call("indicators.get", { id, query }, options),
    query: (body, page, options) => this._call("indicators.query", { body, page }, options),
    create: async (indicators, options) => told(await this._call("indicators.create", { indicators }, options)),
    update: (id, changes, options) => this._call("indicators.update", { id, changes }, options),
    setScore: (id, score, options) => this._call("indicators.setScore", { id, score }, options),
    delete: (id, options) => this._call("indicators.delete", { id }, options),
    addAttributes: (id, attributes, options) => this._call("indicators.addAttributes", { id, attributes }, options),
    addSources: (id, sources, options) => this._call("indicators.addSources", { id, sources }, options),
    addTags: (id, tags, options) => this._call("indicators.addTags", { id, tags }, options),
    addComment: (id, text, options) => this._call("indicators.addComment", { id, text }, options),
    types: (options) => this._call("indicators.types", {}, options),
    statuses: (options) => this._call("indicators.statuses", {}, options),
  });

  events = Object.freeze({
    list: (query, options) => this._call("events.list", { query }, options),
    create: (event, options) => this._call("events.create", { event }, options),
    import: (events, options) => this._call("events.import", { events }, options),
  });

  imports = Object.freeze({
    create: (input, options) => this._call("imports.create", { input }, options),
    indicators: (id, options) => this._call("imports.indicators", { id }, options),
    commit: (id, options) => this._call("imports.commit", { id }, options),
    delete: (id, options) => this._call("imports.delete", { id }, options),
  });

  search(text, page, options) {
    return this._call("search", { text, page }, options);
  }

  async *#iterate(query = {}, options = {}) {
    let { offset = 0, ...rest } = query;
    const { onProgress, ...call } = options;
    let page;
    do {
      page = await this.indicators.list({ ...rest, offset }, call);
      // By what came, never by the limit: a platform may clamp it.
      offset += page.data.length;
      report(onProgress, { done: offset, total: page.total });
      yield* page.data;
    } while (page.data.length > 0 && offset < page.total);
  }
}

export class QRadar extends Client {
  ariel = Object.freeze({
    databases: (options) => this._call("ariel.databases", {}, options),
    search: (aql, { maxRows, ...options } = {}) => this._call("ariel.search", { aql, maxRows }, options),
  });

  referenceSets = Object.freeze({
    list: (options) => this._call("referenceSets.list", {}, options),
    contains: (set, values, options) => this._call("referenceSets.contains", { set, values }, options),
    add: (set, values, options) => this._call("referenceSets.add", { set, values }, options),
    remove: (set, values, options) => this._call("referenceSets.remove", { set, values }, options),
  });

  offenses(ips, options) {
    return this._call("offenses", { ips }, options);
  }
}

export class Taegis extends Client {
  clients = Object.freeze({
    create: (input, options) => this._call("clients.create", { input }, options),
    search: (filter, options) => this._call("clients.search", { filter }, options),
    rotateSecret: (id, options) => this._call("clients.rotateSecret", { id }, options),
    delete: (id, options) => this._call("clients.delete", { id }, options),
  });

  async graphql(query, variables, options = {}) {
    const { idempotent, ...call } = plain("options", () => ({ ...options }));
    return this._call("graphql", { query, variables, idempotent }, call);
  }

  serviceVersion(service, options) {
    return this._call("serviceVersion", { service }, options);
  }
}

/** What was there before says so: "Y" on the wire, true here. */
function told(records) {
  for (const record of records) {
    if (record.existing !== undefined) record.existing = record.existing === "Y" || record.existing === true;
  }
  return records;
}

const PLATFORMS = { threatq: ThreatQ, qradar: QRadar, taegis: Taegis };

/** Validates a configuration and sends nothing. */
export async function createClient(config) {
  await ready();
  const platform = plain("config", () => `${config.platform}`);
  if (!Object.hasOwn(PLATFORMS, platform)) throw localError("config_invalid", "platform");
  return new PLATFORMS[platform](config);
}

/** The arguments of `request`, as the core reads them: texts and pairs of texts. */
function requestArguments(path, { method, headers, query, json: body, form, idempotent }) {
  return {
    path: plain("path", () => `${path}`),
    method,
    idempotent,
    headers: headers === undefined ? undefined : plain("headers", () => [...new Headers(headers)]),
    query: plain("query", () => pairs(query)),
    json: body === undefined ? undefined : json(body, "json"),
    form: form === undefined ? undefined : plain("form", () => Object.entries(form).map(([name, value]) => [name, `${value}`])),
  };
}

/** Members of a query: what is undefined or null is left out, a list repeats its name. */
function pairs(query) {
  const members = [];
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) members.push([name, String(one)]);
    }
  }
  return members;
}

/** Reports carry errors as plain objects; callers get them as what they are. */
function revive(reports) {
  for (const report of Array.isArray(reports) ? reports : [reports]) {
    if (report.error !== null) report.error = new LookupError(report.error);
  }
  return reports;
}

/** Tells each percentage once. A platform that tells none has nothing told about it. */
function percentage(onProgress) {
  let told = 0;
  return (done) => {
    if (done !== told) report(onProgress, { done: (told = done), total: 100 });
  };
}

function report(onProgress, progress) {
  try {
    onProgress?.(progress);
  } catch {
    // A callback's exceptions are its own business.
  }
}

/** JSON of what a caller gave; what cannot be written is an option that cannot be used. */
function json(value, name) {
  const text = plain(name, () => JSON.stringify(value));
  if (text === undefined) throw localError("config_invalid", name);
  return text;
}

/** A signal that can be asked and listened to; one that throws is none. */
function checkSignal(signal) {
  if (signal === undefined) return;
  const fits = plain("signal", () => typeof signal.addEventListener === "function" && typeof signal.aborted === "boolean");
  if (!fits) throw localError("config_invalid", "signal");
}

/** Reads what a caller gave. Getters, proxies and conversions may throw anything; none of it leaves. */
function plain(name, read) {
  try {
    return read();
  } catch (error) {
    throw error instanceof LookupError ? error : localError("config_invalid", name);
  }
}
