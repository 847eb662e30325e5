// A token store for Cloudflare Workers: one Durable Object holds the tokens for the whole network, and is the lock.
//
// How the lock works:
// 1. Who wants it asks the object, and waits for the answer: at most `waitMs`, then it is refused.
// 2. Who has it does the work in its own request, and gives it back.
// 3. Who dies with it keeps it until the lease ends.
// 4. An object that was evicted in between has forgotten the lock. Two flights are then possible, and harmless but
//    for their cost: records are replaced whole.
//
// Worker and object speak HTTP over the binding, which every compatibility date knows: POST /<verb> with JSON.

const BUSY = 423;

/**
 * The object's class: export it from the Worker and bind it. Only code with the binding can reach it.
 *
 * Times are static, so that a subclass may set others.
 */
export class TokenStoreObject {
  /** How long a lock is valid without being given back. Longer than a flight takes. */
  static leaseMs = 60_000;
  /** How long a request for the lock waits; the client gives up after the same time. */
  static waitMs = 5_000;

  #storage;
  #locks = new Map();

  constructor(state) {
    this.#storage = state.storage;
  }

  async fetch(request) {
    const { key, id, value } = await request.json();
    switch (new URL(request.url).pathname) {
      case "/get":
        return Response.json((await this.#storage.get(key)) ?? null);
      case "/set":
        await this.#storage.put(key, value);
        return Response.json(null);
      case "/delete":
        await this.#storage.delete(key);
        return Response.json(null);
      case "/lock":
        return Response.json(null, { status: (await this.#lock(key).take(id)) ? 200 : BUSY });
      case "/unlock":
        this.#lock(key).giveBack(id);
        return Response.json(null);
      default:
        return new Response(null, { status: 404 });
    }
  }

  #lock(key) {
    if (!this.#locks.has(key)) this.#locks.set(key, new Lock(this.constructor));
    return this.#locks.get(key);
  }
}

/** One holder at a time, first come, first served. */
class Lock {
  #times;
  #holder = null;
  #leaseEnd;
  #waiting = [];

  constructor(times) {
    this.#times = times;
  }

  /** Whether `id` holds the lock now; resolves when that is decided. */
  take(id) {
    if (this.#holder === null) {
      this.#grant(id);
      return Promise.resolve(true);
    }
    return new Promise((decide) => {
      const waiter = { id, decide };
      waiter.alarm = setTimeout(() => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        decide(false);
      }, this.#times.waitMs);
      this.#waiting.push(waiter);
    });
  }

  giveBack(id) {
    if (this.#holder !== id) return;
    clearTimeout(this.#leaseEnd);
    this.#holder = null;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    clearTimeout(next.alarm);
    this.#grant(next.id);
    next.decide(true);
  }

  #grant(id) {
    this.#holder = id;
    this.#leaseEnd = setTimeout(() => this.giveBack(id), this.#times.leaseMs);
  }
}

/** The Worker's side: a token store that speaks to the object called `name` behind the binding `namespace`. */
export function durableObjectStore({ namespace, name = "ioc-lookup" }) {
  if (typeof namespace?.idFromName !== "function") throw new TypeError("durableObjectStore needs a Durable Object namespace");
  const ask = async (verb, body) => {
    // A stub belongs to the request that made it, so every question makes its own.
    const stub = namespace.get(namespace.idFromName(name));
    const answer = await stub.fetch(`https://token-store.invalid/${verb}`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(answer.status === BUSY ? "the lock is held" : "the token store failed");
    return answer.json();
  };
  return {
    get: (key) => ask("get", { key }),
    set: (key, value) => ask("set", { key, value }),
    delete: (key) => ask("delete", { key }),
    async lock(key, run) {
      const id = crypto.randomUUID();
      await ask("lock", { key, id });
      try {
        return await run();
      } finally {
        await ask("unlock", { key, id }).catch(() => {});
      }
    },
  };
}
