// What the caller configured, made harmless for the core: callbacks that throw are swallowed, numbers that are none say so,
// and a lock that comes too late does nothing.

import { localError } from "./errors.js";
import { Exchange } from "./fetch.js";

const FUNCTIONS = ["fetch", "onEvent", "now", "sleep", "random"];

/** Splits a configuration into what the core reads as JSON and what it calls. */
export function split(config) {
  if (typeof config !== "object" || config === null) throw localError("config_invalid", "config");
  const { tokenStore, ...members } = config;
  const callbacks = {};
  for (const name of FUNCTIONS) {
    const callback = members[name];
    delete members[name];
    if (callback === undefined) continue;
    if (typeof callback !== "function") throw localError("config_invalid", name);
    callbacks[name] = callback;
  }
  if (tokenStore !== undefined) callbacks.tokenStore = checkStore(tokenStore);
  return { members, callbacks };
}

function checkStore(store) {
  const complete = ["get", "set", "delete"].every((name) => typeof store?.[name] === "function");
  if (!complete || !["undefined", "function"].includes(typeof store.lock)) throw localError("config_invalid", "tokenStore");
  return store;
}

/**
 * The object that the core calls. `about` names the client in events, `remember` gets the newest record, `spawn` runs a
 * task that no caller owns.
 */
export function hooks(callbacks, { about, remember, spawn }) {
  const { fetch, now, sleep, random, onEvent, tokenStore } = callbacks;
  return {
    surroundings: surroundings(),
    listens: onEvent !== undefined,
    sleeps: sleep !== undefined,
    store: tokenStore && store(tokenStore),
    now: now ? () => number(now) : Date.now,
    random: random ? () => number(random) : Math.random,
    pause: (ms) => pause(sleep, ms),
    send: (...request) => new Exchange(fetch, ...request),
    emit: (event) => tell(onEvent, { ...JSON.parse(event), ...about() }),
    remember,
    spawn,
  };
}

function number(source) {
  try {
    const given = source();
    return typeof given === "number" ? given : NaN;
  } catch {
    return NaN;
  }
}

/** The injected `sleep`, which gets a signal that is aborted when nobody waits any more. */
function pause(sleep, ms) {
  const waiting = new AbortController();
  let over = false;
  const slept = new Promise((resolve) => resolve(sleep(ms, waiting.signal))).finally(() => {
    over = true;
  });
  return { slept, leave: () => over || waiting.abort(new Error("no longer needed")) };
}

/** A callback's exceptions and rejections are its own business. */
function tell(onEvent, event) {
  try {
    onEvent(event)?.then?.(undefined, () => {});
  } catch {
    // As said.
  }
}

function store(given) {
  return {
    get: (key) => given.get(key),
    set: (key, value) => given.set(key, value),
    delete: (key) => given.delete(key),
    enter: (key) => (given.lock === undefined ? undefined : enter(given, key)),
  };
}

/** Turns `lock(key, run)` into something to enter and to leave. Left before it was granted, a late grant does nothing. */
function enter(given, key) {
  let left = false;
  let leave = () => {};
  const granted = new Promise((resolve, reject) => {
    const run = () => {
      if (left) return Promise.resolve();
      resolve();
      return new Promise((release) => {
        leave = release;
      });
    };
    Promise.resolve(given.lock(key, run)).then(resolve, reject);
  });
  return {
    granted,
    leave: () => {
      left = true;
      leave();
    },
  };
}

/** Where we are, as far as rules depend on it. */
function surroundings() {
  if (globalThis.navigator?.userAgent === "Cloudflare-Workers") return "edge";
  if (typeof window === "object" && typeof document === "object") return "page";
  if (typeof WorkerGlobalScope !== "function") return "server";
  const extension = (globalThis.browser ?? globalThis.chrome)?.runtime?.id !== undefined;
  return typeof ServiceWorkerGlobalScope === "function" && extension ? "extension" : "worker";
}
