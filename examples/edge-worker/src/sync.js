// The watchlist's way from the platforms into storage: each shard in turn, then one switch for all.
//
// - Between two full synchronisations only changes are asked for. A full one comes once a day, since a platform does
//   not say what it has deleted.
// - Shards are built one after the other: in memory there are one old and one new list at most.
// - Whatever fails, the published list stays, and the next run tries again.

import { syncWatchlist, Watchlist } from "ioc-lookup";
import { clientsOf } from "./clients.js";
import { logEcs, logFailure } from "./log.js";
import { publish, readManifest, writeBlob } from "./published.js";
import { settingsOf } from "./settings.js";
import { SHARDS } from "./shards.js";
import { storageOf } from "./storage.js";

const FULL_EVERY_MS = 24 * 3_600_000;
/** Asked for again, since platforms stamp a change some time before it can be read. */
const OVERLAP_MS = 10 * 60_000;

/** One run. Rejects if nothing could be published, so that the trigger shows as failed. */
export async function synchronise(env) {
  try {
    const storage = storageOf(env);
    if (storage === null) throw new Error("no storage is bound");
    const published = await readManifest(storage);
    const shards = [];
    for (const shard of SHARDS) shards.push(await synchroniseShard(shard, published.manifest, storage, env));
    const manifest = await publish(storage, published, shards);
    logRun(manifest, published.manifest);
  } catch (error) {
    logFailure("watchlist-sync", error);
    throw error;
  }
}

async function synchroniseShard({ name, kinds }, manifest, storage, env) {
  const before = manifest?.shards.find((shard) => shard.name === name);
  const previous = before && (await openPrevious(storage, before.key));
  const startedAt = Date.now();
  const isFull = !previous || !(startedAt - Date.parse(before.fullAt) < FULL_EVERY_MS);
  const updatedSince = isFull ? undefined : new Date(Date.parse(before.syncedAt) - OVERLAP_MS).toISOString();
  let list;
  try {
    let arrived = 0;
    const onProgress = ({ done }) => (arrived = Math.max(arrived, done));
    const { minScore } = settingsOf(env);
    list = await syncWatchlist(await clientsOf(env), { kinds, minScore, previous, updatedSince, onProgress });
    const syncedAt = new Date(startedAt).toISOString();
    // Where nothing changed nothing is written, and no isolate opens the same list again.
    if (!isFull && arrived === 0) return { ...before, syncedAt };
    const bytes = list.toBytes();
    const key = await writeBlob(storage, name, bytes);
    return { name, key, entries: list.size, bytes: bytes.length, syncedAt, fullAt: isFull ? syncedAt : before.fullAt };
  } finally {
    list?.free();
    previous?.free();
  }
}

/** The list so far; nothing where it is gone or damaged, which makes the synchronisation a full one. */
async function openPrevious(storage, key) {
  try {
    return Watchlist.open((await storage.read(key)).bytes);
  } catch (error) {
    logFailure("watchlist-previous", error);
    return undefined;
  }
}

function logRun(manifest, before) {
  logEcs({
    "event.kind": "event",
    "event.outcome": "success",
    "event.action": manifest === null ? "watchlist-published-elsewhere" : "watchlist-sync",
    "labels.list": manifest?.id ?? null,
    "labels.changed": String(manifest !== null && manifest.id !== before?.id),
    "labels.entries": String(manifest?.shards.reduce((sum, { entries }) => sum + entries, 0) ?? 0),
  });
}
