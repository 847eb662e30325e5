// The watchlist of this isolate: opened once, shared by all its requests, replaced when a newer one is published.
//
// - Requests do not wait for storage, save those that come before there is any list: they wait for their budget.
// - A switch is whole: the new list answers once all its shards are open, the old one until then.
// - A list that cannot be read changes nothing: the one in force stays; without one, the previous one is tried.
// - The clock is only asked how long ago something was. A clock that was set back makes things due, not never due.
//
// In workerd a request may die and take with it what it was waiting for, so a load that is overdue is given up for dead,
// and the next request starts another (rule T5).

import { Watchlist } from "ioc-lookup";
import { logFailure } from "./log.js";
import { readManifest } from "./published.js";
import { Shards } from "./shards.js";
import { within } from "./within.js";

/** A load that takes longer has died with its request. */
const LOAD_MS = 20_000;
/** After a failed load, how long before the next. */
const PAUSE_MS = 5_000;

class LoadedWatchlist {
  /** The `Shards` in force, or null. Use it at once: after an await it may be another. */
  shards = null;

  #wanted = new Set();
  #checkedAt = null;
  #failedAt = null;
  /** Id of a published list whose bytes are no snapshot. */
  #damaged = null;
  #load = null;

  /**
   * Resolves when `shards` has the shards called `names`, or when `budgetMs` are over; never rejects. What takes longer goes
   * on in `context`.
   */
  async ready(names, { storage, budgetMs, refreshMs, context }) {
    for (const name of names) this.#wanted.add(name);
    if (!this.#isDue(refreshMs)) return;
    const load = this.#join(storage);
    context.waitUntil(load);
    if (this.shards?.has(names)) return;
    await within(budgetMs, load).catch(() => {});
  }

  /** Lets go of a list that cannot answer any more: its wasm instance trapped and was replaced. The next request opens it anew. */
  drop() {
    this.shards = null;
    this.#failedAt = null;
  }

  #isComplete() {
    return this.shards !== null && this.shards.has([...this.#wanted]);
  }

  #isDue(refreshMs) {
    if (!isOver(this.#failedAt, PAUSE_MS)) return false;
    return !this.#isComplete() || isOver(this.#checkedAt, refreshMs);
  }

  /** The load that is under way, or a new one. */
  #join(storage) {
    if (this.#load === null || isOver(this.#load.since, LOAD_MS)) {
      const load = { since: Date.now() };
      this.#load = load;
      load.promise = this.#refresh(storage).finally(() => {
        if (this.#load === load) this.#load = null;
      });
    }
    return this.#load.promise;
  }

  async #refresh(storage) {
    try {
      if (storage === null) throw new Error("no storage is bound");
      const { manifest } = await readManifest(storage);
      if (manifest === null) throw new Error("nothing is published");
      await this.#take(storage, manifest);
      this.#checkedAt = Date.now();
      this.#failedAt = null;
    } catch (error) {
      this.#failedAt = Date.now();
      logFailure("watchlist-load", error);
    }
  }

  /** Switches to the published list. Where that cannot be read, the list in force stays, or the previous one steps in. */
  async #take(storage, manifest) {
    if (manifest.id !== this.#damaged) {
      try {
        return await this.#switchTo(storage, manifest);
      } catch (error) {
        logFailure("watchlist-switch", error);
        // Bytes do not get better: they are not fetched again.
        if (error.code === "snapshot_invalid") this.#damaged = manifest.id;
      }
    }
    if (this.#isComplete()) return;
    if (manifest.previous === null) throw new Error("no list can be read");
    await this.#switchTo(storage, manifest.previous);
  }

  async #switchTo(storage, { id, shards }) {
    const before = this.shards;
    const names = [...this.#wanted];
    if (before?.id === id && before.has(names)) return;
    const opened = new Map();
    const next = new Shards(id, opened);
    try {
      for (const name of names) {
        const key = shards.find((shard) => shard.name === name)?.key;
        opened.set(name, before?.find(name, key) ?? { key, list: await openBlob(storage, key) });
      }
      // A load that was given up for dead, and lives, must not undo what another did meanwhile.
      if (this.shards !== before) throw new Error("another load was faster");
    } catch (error) {
      next.freeUnlessIn(before);
      throw error;
    }
    this.shards = next;
    before?.freeUnlessIn(next);
  }
}

async function openBlob(storage, key) {
  const stored = key === undefined ? null : await storage.read(key);
  if (stored === null) throw new Error("a blob is missing");
  return Watchlist.open(stored.bytes);
}

/** Whether more than `ms` have passed since `moment`; also if it lies in the future. */
function isOver(moment, ms) {
  const passed = Date.now() - moment;
  return moment === null || !(passed >= 0 && passed < ms);
}

export const watchlist = new LoadedWatchlist();
