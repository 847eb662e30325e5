// Instruments around what a runtime offers, put in place before the package is evaluated.
//
// Must be the first import of a host: what the package touches while it is imported is counted too
// (L9). Everything here is a wrapper that calls the real thing; a scenario reads or bends it
// through the exports below.

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  fetch: globalThis.fetch,
  now: performance.now.bind(performance),
};

// ------------------------------------------------------------------ timers

/** By id: `{ ms, due, run }`, `due` by the monotonic clock below. */
const pending = new Map();
const watchers = new Set();
let intervals = 0;

globalThis.setTimeout = function setTimeout(callback, ms = 0, ...rest) {
  const run = () => {
    pending.delete(id);
    callback(...rest);
  };
  const id = real.setTimeout.call(globalThis, run, ms);
  pending.set(id, { ms, due: performance.now() + ms, run });
  watchers.forEach((look) => look());
  return id;
};
globalThis.clearTimeout = function clearTimeout(id) {
  pending.delete(id);
  return real.clearTimeout.call(globalThis, id);
};
globalThis.setInterval = function setInterval(...values) {
  intervals += 1;
  return real.setInterval.apply(globalThis, values);
};

/** Node's own fetch sets timers too, which keep no process alive: nobody means those. */
const meant = () => [...pending].filter(([id]) => id.hasRef?.() !== false);

/** Timers made through the global functions. `real` ones are not counted. */
export const timers = {
  /** Delays of the timers that are set, have not fired, and would keep a process alive. */
  outstanding: () => meant().map(([, { ms }]) => ms),
  intervals: () => intervals,
  /** Forgets what is outstanding: it was reported, and is not the next scenario's fault. */
  forget: () => [pending, watchers].forEach((all) => all.clear()),
  /** A real wait, invisible to `outstanding`. */
  wait: (ms) => new Promise((done) => real.setTimeout.call(globalThis, done, ms)),

  /** Until a timer of `ms` milliseconds is set. */
  begun(ms) {
    return new Promise((done) => {
      const look = () => {
        if (!meant().some(([, timer]) => timer.ms === ms)) return;
        watchers.delete(look);
        done();
      };
      watchers.add(look);
      look();
    });
  },
  /**
   * Lets `ms` milliseconds pass at once: moves the monotonic clock, and fires what is due by then, in that order, each in a turn
   * of its own. What is waited for must have begun, and need not end in time: a slow machine changes nothing.
   */
  async elapse(ms) {
    monotonic.advance(ms);
    const due = meant().filter(([, timer]) => timer.due <= performance.now()).sort(([, a], [, b]) => a.due - b.due);
    for (const [id, { run }] of due) {
      if (!pending.has(id)) continue;
      real.clearTimeout.call(globalThis, id);
      run();
      await timers.wait(0);
    }
  },
};

// ------------------------------------------------------------------ monotonic clock

let offset = 0;
Object.defineProperty(performance, "now", { configurable: true, writable: true, value: () => real.now() + offset });

/** The clock that the package may not have injected (H5, L10): here it can be moved forward. */
export const monotonic = {
  now: real.now,
  advance(ms) { offset += ms; },
  reset() { offset = 0; },
};

// ------------------------------------------------------------------ global fetch

let globalFetches = 0;
globalThis.fetch = function fetch(...values) {
  globalFetches += 1;
  return real.fetch.apply(globalThis, values);
};

/** The global fetch: how often it was used, and the real one for the suite's own talk. */
export const network = { calls: () => globalFetches, fetch: (...values) => real.fetch.apply(globalThis, values) };

// ------------------------------------------------------------------ console

const lines = [];
for (const level of ["debug", "error", "info", "log", "trace", "warn"]) {
  const print = console[level];
  console[level] = (...values) => {
    lines.push([level, ...values]);
    if (loud) print.apply(console, values);
  };
}
let loud = false;

/** What was written to the console (S10). */
export const consoleLines = {
  take: () => lines.splice(0),
  loud(value) { loud = value; },
};

// ------------------------------------------------------------------ unhandled rejections

/** By promise: some runtimes report a rejection first and take that back when a handler comes in the same turn. */
const unhandled = new Map();
const exceptions = [];
if (typeof globalThis.process?.on === "function" && typeof globalThis.window === "undefined") {
  globalThis.process.on("unhandledRejection", (reason, promise) => unhandled.set(promise, reason));
  globalThis.process.on("rejectionHandled", (promise) => unhandled.delete(promise));
  globalThis.process.on("uncaughtException", (reason) => exceptions.push(reason));
} else if (typeof globalThis.addEventListener === "function") {
  globalThis.addEventListener("unhandledrejection", (event) => {
    unhandled.set(event.promise, event.reason);
    event.preventDefault?.();
  });
  globalThis.addEventListener("rejectionhandled", (event) => unhandled.delete(event.promise));
  globalThis.addEventListener("error", (event) => {
    if (event.error !== undefined) exceptions.push(event.error);
  });
}

/** Rejections and exceptions that nobody caught (T11). */
export const strays = {
  take() {
    const all = [...unhandled.values(), ...exceptions.splice(0)];
    unhandled.clear();
    return all;
  },
};

// ------------------------------------------------------------------ wasm

let instances = 0;
let armed = Infinity;
let trappedIn = null;
const dead = new WeakSet();
const usedAfterTrap = [];

/**
 * Exports that do not count as calls, and may be called after a trap: memory management, and the closures that a settled
 * promise calls to wake its task. Nothing is decided in them.
 */
const harmless = /^__|free|malloc|realloc|closure/;

function trapping(exports, instance) {
  const wrapped = {};
  for (const [name, value] of Object.entries(exports)) {
    wrapped[name] = typeof value === "function" ? (...values) => {
      if (harmless.test(name)) return value(...values);
      if (dead.has(instance)) {
        usedAfterTrap.push(name);
        throw new WebAssembly.RuntimeError("unreachable (the instance was already dead)");
      }
      if (--armed <= 0) {
        armed = Infinity;
        trappedIn = name;
        dead.add(instance);
        throw new WebAssembly.RuntimeError("unreachable");
      }
      return value(...values);
    } : value;
  }
  return Object.freeze(wrapped);
}

/** Node's fetch has a wasm module of its own: only the package's is meant. */
function watched(instance) {
  if (!("__wbindgen_start" in instance.exports)) return instance;
  instances += 1;
  return Object.create(instance, { exports: { value: trapping(instance.exports, instance) } });
}

const RealInstance = WebAssembly.Instance;
const realInstantiate = WebAssembly.instantiate;
const realStreaming = WebAssembly.instantiateStreaming;
WebAssembly.Instance = function Instance(module, imports) { return watched(new RealInstance(module, imports)); };
WebAssembly.Instance.prototype = RealInstance.prototype;
const watchedResult = (result) => (result instanceof RealInstance ? watched(result) : { module: result.module, instance: watched(result.instance) });
WebAssembly.instantiate = async (...values) => watchedResult(await realInstantiate.apply(WebAssembly, values));
if (realStreaming) WebAssembly.instantiateStreaming = async (...values) => watchedResult(await realStreaming.apply(WebAssembly, values));

/**
 * Makes the wasm trap (L14). What a scenario sees is what a real trap shows: a RuntimeError out of
 * an export, and an instance that may not be entered again.
 */
export const wasm = {
  instances: () => instances,
  /** The `n`-th call of an export from now on traps; memory management does not count. */
  trapAtCall(n) { armed = n; },
  disarm() { armed = Infinity; },
  /** The export that trapped last. */
  trappedIn: () => trappedIn,
  /** Exports that were called on an instance after it had trapped; must stay empty. */
  takeUsedAfterTrap: () => usedAfterTrap.splice(0),
};

// ------------------------------------------------------------------ what importing did

const globalsBefore = new Set(Reflect.ownKeys(globalThis));

/** To be called right after the package was evaluated: what that alone did to the runtime (L9). */
export function importEffects() {
  return {
    globals: Reflect.ownKeys(globalThis).filter((key) => !globalsBefore.has(key)).map(String),
    timers: pending.size,
    intervals,
    fetches: globalFetches,
    consoleLines: lines.length,
  };
}
