// Small things that many scenarios need. No Node, no package: this runs in every runtime.

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A promise with its handles outside. */
export function deferred() {
  const handles = {};
  handles.promise = new Promise((resolve, reject) => Object.assign(handles, { resolve, reject }));
  return handles;
}

/** `count` calls of `start` at once. */
export const parallel = (count, start) => Promise.all(Array.from({ length: count }, (_, at) => start(at)));

/** The outcome of each promise: `"ok"` or the code of its error. */
export const outcomes = async (promises) => (await Promise.allSettled(promises)).map(({ status, reason }) => (status === "fulfilled" ? "ok" : reason.code));

/** How often each value occurs. */
export const tally = (values) => values.reduce((counts, value) => ({ ...counts, [value]: (counts[value] ?? 0) + 1 }), {});

/** A token store in memory that writes down what is asked of it. */
export class MemoryStore {
  records = new Map();
  calls = [];
  #tail = Promise.resolve();

  constructor({ lock = false } = {}) {
    if (lock) this.lock = (key, run) => this.#exclusive(key, run);
  }
  async get(key) {
    this.calls.push(["get", key]);
    return this.records.get(key) ?? null;
  }
  async set(key, value) {
    this.calls.push(["set", key, value]);
    this.records.set(key, value);
  }
  async delete(key) {
    this.calls.push(["delete", key]);
    this.records.delete(key);
  }
  writes() { return this.calls.filter(([verb]) => verb === "set").map(([, , value]) => value); }
  only() { return [...this.records.values()][0]; }

  #exclusive(key, run) {
    this.calls.push(["lock", key]);
    const result = this.#tail.then(run);
    this.#tail = result.then(() => {}, () => {});
    return result;
  }
}

/** A stand-in for `config.fetch`: writes down each call and answers with what `answer(url, init, nth)` returns. */
export function stubFetch(answer) {
  const calls = [];
  function fetch(...values) {
    calls.push({ self: this, values, url: values[0], init: values[1], headers: new Headers(values[1]?.headers) });
    return answer(values[0], values[1], calls.length);
  }
  fetch.calls = calls;
  return fetch;
}

export const json = (value, status = 200, headers = {}) => new Response(JSON.stringify(value), { status, headers: { "Content-Type": "application/json", ...headers } });

/** A token answer of a stub; the value is no secret of the suite. */
export const stubToken = (members = {}) => json({ access_token: "stub-token", token_type: "bearer", expires_in: 3600, ...members });

/** Whether a URL is that of a token endpoint, whatever the platform. */
export const asksForToken = (url) => new URL(url).pathname.endsWith("/token");

/** Answers token requests with a token and everything else by `api`. */
export const stubApi = (api) => stubFetch((url, init, nth) => (asksForToken(url) ? stubToken() : api(url, init, nth)));

/** A promise that rejects with the signal's reason, as a well-behaved fetch or sleep does. */
export const untilAborted = (signal) => new Promise((_, reject) => {
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
});

/** A caller's signal that counts the listeners which are on it. */
export function countedSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  const listeners = new Set();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type, listener, options) => { listeners.add(listener); add(type, listener, options); };
  signal.removeEventListener = (type, listener, options) => { listeners.delete(listener); remove(type, listener, options); };
  return { controller, signal, listeners: () => listeners.size };
}
