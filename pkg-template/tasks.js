// Tasks: the calls under way, polled from here so that a trap of the wasm ends them instead of hanging them.
//
// A task is a future of the core. The core wakes it when there is something to do for it; each poll runs in a microtask of
// its own. When the wasm traps, every task of that instance ends with `internal`, and the next call finds a fresh instance.

import { LookupError, localError } from "./errors.js";
import { onInstance, restart } from "./load.js";

const running = new Map();
/** What the present instance has begun and would leave: timers, requests, pauses, locks. */
const held = new Set();
let last = 0;

/** What an instance of the core asks of its surroundings, whatever client it works for. */
const runtime = { wait, timer, hold, leave, door, parseUrl };
onInstance((core) => core.connect(runtime));

/**
 * Runs a task to its end. `cancel(toError)` ends it at once: the core drops what it had begun. `toError` gets the number of
 * requests that were sent for it. `tell`, where given, gets the percentage after each poll; it must not throw.
 */
export function run(task, tell) {
  const id = ++last;
  const entry = { task, tell, awake: false, polling: false, cancelled: undefined };
  const promise = new Promise((resolve, reject) => {
    entry.resolve = resolve;
    entry.reject = reject;
  });
  running.set(id, entry);
  wake(id);
  return { promise, cancel: (toError) => cancel(id, entry, toError) };
}

/** Calls the core outside of a task; what it throws becomes an error of ours. */
export function guarded(call) {
  try {
    return call();
  } catch (error) {
    throw translate(error);
  }
}

function wake(id) {
  const entry = running.get(id);
  if (entry === undefined || entry.awake) return;
  entry.awake = true;
  queueMicrotask(() => step(id, entry));
}

function step(id, entry) {
  if (!running.has(id)) return;
  entry.awake = false;
  entry.polling = true;
  let outcome;
  try {
    outcome = entry.task.poll(id);
    entry.tell?.(entry.task.percent);
  } catch (error) {
    const failure = translate(error);
    return end(id, entry, () => entry.reject(failure));
  } finally {
    entry.polling = false;
  }
  if (entry.cancelled !== undefined) return give(id, entry);
  if (outcome !== undefined) end(id, entry, () => entry.resolve(outcome[0]));
}

/** A callback of the caller's may cancel the very task that is being polled: that waits until the poll has returned. */
function cancel(id, entry, toError) {
  if (!running.has(id)) return;
  entry.cancelled ??= toError;
  if (!entry.polling) give(id, entry);
}

function give(id, entry) {
  const error = entry.cancelled(guarded(() => entry.task.attempts));
  end(id, entry, () => entry.reject(error));
}

function end(id, entry, settle) {
  // Not after a trap: that has taken all tasks off the list, and their memory with them.
  if (running.delete(id)) {
    try {
      entry.task.free();
    } catch (error) {
      translate(error);
    }
  }
  settle();
}

/** The core throws plain objects that describe an error. Whatever else comes out of it is a trap. */
function translate(error) {
  if (error instanceof LookupError) return error;
  if (typeof error?.code === "string" && typeof error.category === "string") return new LookupError(error);
  dropInstance();
  return localError("internal");
}

function dropInstance() {
  const [lost, begun] = [[...running.values()], [...held]];
  running.clear();
  held.clear();
  for (const { task, reject } of lost) {
    disown(task);
    reject(localError("internal"));
  }
  try {
    restart();
  } catch {
    // There was no room for another one now; the next call tries again.
  }
  // Last, since what is left may call back into the package.
  for (const one of begun) {
    try {
      leave(one);
    } catch {
      // In an edge isolate it may belong to another request, and ends with that.
    }
  }
}

/** Gives up an object of a dropped instance. Collected, it would free memory that is another instance's by now. */
export function disown(object) {
  object.__destroy_into_raw();
}

/** What a task waits for. The core looks at `state` when it is polled: 1 with a value, 2 with what was thrown. */
class Wait {
  state = 0;
  value;
  #task;

  constructor(task) {
    this.#task = task;
  }

  end(state, value) {
    this.state = state;
    this.value = value;
    wake(this.#task);
  }
}

function wait(value, task) {
  const waiting = new Wait(task);
  // By the constructor: it also settles what throws when it is looked at, where `Promise.resolve` throws.
  new Promise((resolve) => resolve(value)).then((given) => waiting.end(1, given), (thrown) => waiting.end(2, thrown));
  return waiting;
}

function timer(ms, task) {
  const waiting = new Wait(task);
  // Above 2^31-1 a timer fires at once, or never.
  const id = setTimeout(() => waiting.end(1), Math.min(Math.max(ms, 0), 2 ** 31 - 1));
  return Object.assign(waiting, { leave: () => clearTimeout(id) });
}

function hold(begun) {
  held.add(begun);
}

function leave(begun) {
  held.delete(begun);
  begun.leave();
}

function door() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** Line by line, since none of the parts can hold a line break. */
function parseUrl(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const { protocol, username, password, hostname, origin, pathname, search, hash } = url;
  return [protocol, username + password, hostname, origin, pathname, search, hash].join("\n");
}
