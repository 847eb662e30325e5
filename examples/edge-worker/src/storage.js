// Where the watchlist lies: R2, or KV. Both as three functions.
//
// - **R2** is consistent: who reads a manifest finds its blobs, and of two that publish at once one is told.
// - **KV** is not: a manifest may arrive up to a minute before its blobs (readers then keep what they have), the last of
//   two wins, and a value has at most 25 MiB: 1.8 million entries.

/** Storage of this Worker, or null where none is bound. */
export function storageOf(env) {
  if (env.WATCHLIST !== undefined) return bucketStorage(env.WATCHLIST);
  if (env.WATCHLIST_KV !== undefined) return namespaceStorage(env.WATCHLIST_KV);
  return null;
}

function bucketStorage(bucket) {
  return {
    /** `{ bytes, version }`, or null. */
    async read(key) {
      const object = await bucket.get(key);
      return object && { bytes: new Uint8Array(await object.arrayBuffer()), version: object.etag };
    },
    /** With `over`, writes only over that version (null: over nothing). Returns whether it was written. */
    async write(key, bytes, { over } = {}) {
      const onlyIf = over === undefined ? undefined : over === null ? { etagDoesNotMatch: "*" } : { etagMatches: over };
      return (await bucket.put(key, bytes, { onlyIf })) !== null;
    },
    async remove(keys) {
      if (keys.length > 0) await bucket.delete(keys);
    },
  };
}

function namespaceStorage(namespace) {
  return {
    async read(key) {
      const buffer = await namespace.get(key, "arrayBuffer");
      return buffer && { bytes: new Uint8Array(buffer), version: undefined };
    },
    async write(key, bytes) {
      await namespace.put(key, bytes);
      return true;
    },
    async remove(keys) {
      for (const key of keys) await namespace.delete(key);
    },
  };
}
