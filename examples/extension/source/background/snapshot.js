// The watchlist at rest: its bytes, sealed like the settings, in IndexedDB, which takes bytes as they are and many of them.

import { seal, unseal } from "../vault/seal.js";
import { vaultKey } from "../vault/vault.js";

const PURPOSE = "watchlist";

/** The bytes, or null if there are none that this vault's key opens. */
export async function readSnapshot() {
  const key = await vaultKey();
  const sealed = await inStore("readonly", (store) => store.get(PURPOSE));
  return sealed ? unseal(key, sealed, PURPOSE).catch(() => null) : null;
}

export async function writeSnapshot(bytes) {
  const sealed = await seal(await vaultKey(), bytes, PURPOSE);
  await inStore("readwrite", (store) => store.put(sealed, PURPOSE));
}

export function deleteSnapshot() {
  return inStore("readwrite", (store) => store.delete(PURPOSE));
}

async function inStore(mode, work) {
  const database = await settled(opening());
  try {
    return await settled(work(database.transaction("snapshots", mode).objectStore("snapshots")));
  } finally {
    database.close();
  }
}

function opening() {
  const request = indexedDB.open("ioc-lookup", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("snapshots");
  return request;
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
