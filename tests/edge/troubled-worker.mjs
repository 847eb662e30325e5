// The Worker in a world where something is wrong: `TROUBLE` says what. Its own code is untouched.

import { Watchlist } from "ioc-lookup";

import worker, { TokenStoreObject } from "../../examples/edge-worker/src/worker.js";

export { TokenStoreObject };

const YEAR = 365 * 86_400_000;
const now = Date.now.bind(Date);
const started = now();

let requests = 0;

const TROUBLES = {
  "storage that hangs": (env) => ({ ...env, WATCHLIST: { get: () => new Promise(() => {}) } }),
  "storage that throws": (env) => ({ ...env, WATCHLIST: { get: () => Promise.reject(new Error("secret of the storage")) } }),
  // No trouble, but elsewhere: what this process holds is then what the isolate holds, and not miniflare's bucket.
  "storage in another process": (env) => ({ ...env, WATCHLIST: { get: (key) => fetchBlob(`${env.BLOBS}/${key}`) } }),
  "a clock ten years ahead": clock(() => now() + 10 * YEAR),
  "a clock that starts in 1970": clock(() => now() - started),
  "a clock that cannot be read": clock(() => NaN),
  "a clock that is set back by a year": clock(() => (requests > 3 ? now() - YEAR : now())),
  "a core that is replaced": (env) => {
    if (requests === 2) loseEveryList();
    return env;
  },
};

async function fetchBlob(url) {
  const answer = await fetch(url);
  return answer.ok ? { etag: "", arrayBuffer: () => answer.arrayBuffer() } : null;
}

/** What a trap does to lists: those that are open throw from now on, those opened later do not. */
function loseEveryList() {
  const { open, prototype: { match } } = Watchlist;
  const later = new WeakSet();
  Watchlist.open = (bytes) => {
    const list = open(bytes);
    later.add(list);
    return list;
  };
  Watchlist.prototype.match = function (value) {
    if (later.has(this)) return match.call(this, value);
    throw Object.assign(new Error("lost"), { name: "LookupError", code: "snapshot_invalid", reason: "lost" });
  };
}

function clock(read) {
  return (env) => {
    Date.now = read;
    return env;
  };
}

const troubled = (env) => TROUBLES[env.TROUBLE]?.(env) ?? env;

export default {
  fetch(request, env, context) {
    requests += 1;
    return worker.fetch(request, troubled(env), context);
  },
  scheduled: (controller, env, context) => worker.scheduled(controller, troubled(env), context),
  queue: (batch, env, context) => worker.queue(batch, troubled(env), context),
};
