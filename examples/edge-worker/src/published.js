// A published watchlist: blobs named after their content, and a small manifest that says which of them are in force.
//
// Protocol:
// 1. The publisher writes the blobs. Nobody reads them yet.
// 2. It writes the manifest over the one that it started from. That is the switch: readers see all of it or nothing.
// 3. It removes blobs that neither the new nor the previous list has. Those of the previous one stay: readers may be
//    about to read them, and fall back on them should a new blob turn out to be damaged.
//
// Manifest: `{ format: 1, id, publishedAt, shards: [Shard], previous: { id, shards } | null }`;
// Shard: `{ name, key, entries, bytes, syncedAt, fullAt }`, times in ISO 8601.

import { digest, digestOfText } from "./digest.js";

const MANIFEST = "watchlist/manifest.json";
const FORMAT = 1;

/** `{ manifest, version }`; the manifest is null where none is published yet, or none that can be read. */
export async function readManifest(storage) {
  const stored = await storage.read(MANIFEST);
  if (stored === null) return { manifest: null, version: null };
  return { manifest: parse(stored.bytes), version: stored.version };
}

function parse(bytes) {
  try {
    const manifest = JSON.parse(new TextDecoder().decode(bytes));
    return manifest?.format === FORMAT && [manifest, manifest.previous].every(isGeneration) ? manifest : null;
  } catch {
    return null;
  }
}

function isGeneration(generation) {
  if (generation === null) return true;
  const isShard = (shard) => typeof shard?.name === "string" && typeof shard.key === "string";
  return typeof generation?.id === "string" && Array.isArray(generation.shards) && generation.shards.every(isShard);
}

/** Writes a blob where it is not there yet; returns its key. */
export async function writeBlob(storage, name, bytes) {
  const key = `watchlist/${name}-${await digest(bytes)}`;
  await storage.write(key, bytes);
  return key;
}

/** Puts shards in force. Returns the manifest, or null where somebody else has published meanwhile: theirs counts. */
export async function publish(storage, { manifest: before, version }, shards) {
  const id = await digestOfText(shards.map(({ key }) => key).join("\n"));
  const unchanged = before?.id === id;
  const previous = unchanged ? before.previous : before && { id: before.id, shards: before.shards };
  const manifest = { format: FORMAT, id, publishedAt: new Date().toISOString(), shards, previous };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  if (!(await storage.write(MANIFEST, bytes, { over: version }))) {
    const theirs = await readManifest(storage);
    await storage.remove(without(keysOf({ shards }), theirs.manifest));
    return null;
  }
  await storage.remove(without(keysOf(before?.previous), manifest));
  return manifest;
}

/** Those keys that no generation of the manifest needs. */
function without(keys, manifest) {
  const needed = new Set([...keysOf(manifest), ...keysOf(manifest?.previous)]);
  return keys.filter((key) => !needed.has(key));
}

function keysOf(generation) {
  return generation?.shards.map(({ key }) => key) ?? [];
}
