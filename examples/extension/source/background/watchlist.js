// The watchlist: what the platforms' feeds said last, answered from without asking anybody.
//
// - An alarm synchronises it every hour, and once a day from the beginning: a feed of changes does not tell what has gone.
// - `storage.local.watchlist` is what a person may see of it: `{ size, syncedAt, fullAt, failedAt, code }`, times as ISO-8601.
// - A synchronisation that fails leaves the list of last time in place.

import { api } from "../shared/browser.js";
import { loaded, syncWatchlist, Watchlist } from "../shared/package.js";
import { clients } from "./clients.js";
import { problemOf } from "./problem.js";
import { deleteSnapshot, readSnapshot, writeSnapshot } from "./snapshot.js";

const ALARM = "watchlist";
const PERIOD_MINUTES = 60;
const FULL_AFTER_MS = 24 * 60 * 60 * 1_000;

/** The list of this life of the background, or the promise of it; null: look again. */
let open = null;

/** An alarm that is there keeps its hour. */
export async function setAlarm() {
  if (await api.alarms.get(ALARM)) return;
  await api.alarms.create(ALARM, { delayInMinutes: 1, periodInMinutes: PERIOD_MINUTES });
}

export function onAlarm({ name }) {
  // Locked, or nothing connected: the next hour will do, and the panel says so.
  return name === ALARM ? synchronise().catch(() => {}) : undefined;
}

/** Resolves with the new status; one synchronisation at a time. */
export function synchronise() {
  return navigator.locks.request("ioc-lookup watchlist", async () => {
    const asked = await clients();
    const before = await watchlistStatus();
    const startedAt = new Date().toISOString();
    try {
      const list = asked.length > 0 ? await renewed(asked, before, startedAt) : null;
      if (list) await writeSnapshot(list.toBytes());
      else await deleteSnapshot();
      await reopen(list);
      return await tell(list ? statusOf(list, before, startedAt) : {});
    } catch (error) {
      await tell({ ...before, failedAt: startedAt, code: problemOf(error).code });
      throw error;
    }
  });
}

/** A match or null for each value. Without a list nothing matches; rejects with `Locked`. */
export async function known(values) {
  try {
    const list = await current();
    return list ? list.matchAll(values) : values.map(() => null);
  } catch (error) {
    // Locked, or the instance that held the list is gone: the next question opens it anew.
    open = null;
    throw error;
  }
}

export async function watchlistStatus() {
  const { watchlist } = await api.storage.local.get("watchlist");
  return watchlist ?? {};
}

/** Forgets the list here and on the disk. */
export async function forgetWatchlist() {
  await reopen(null);
  await deleteSnapshot();
  await tell({});
}

/** Forgets it here: what was locked must not answer. */
export function closeWatchlist() {
  return reopen(null);
}

async function renewed(asked, { fullAt, syncedAt }, startedAt) {
  const previous = isRecent(fullAt, startedAt) ? await current() : null;
  return syncWatchlist(asked, previous ? { previous, updatedSince: syncedAt } : {});
}

function isRecent(fullAt, now) {
  return typeof fullAt === "string" && Date.parse(now) - Date.parse(fullAt) < FULL_AFTER_MS;
}

function statusOf({ size }, { fullAt }, startedAt) {
  return { size, syncedAt: startedAt, fullAt: isRecent(fullAt, startedAt) ? fullAt : startedAt };
}

async function tell(watchlist) {
  await api.storage.local.set({ watchlist });
  return watchlist;
}

async function current() {
  open ??= read();
  const list = await open;
  if (!list) open = null;
  return list;
}

async function read() {
  await loaded();
  const bytes = await readSnapshot();
  return bytes && Watchlist.open(bytes);
}

async function reopen(list) {
  const before = await open?.catch(() => null);
  open = list && Promise.resolve(list);
  if (before !== list) before?.free();
}
