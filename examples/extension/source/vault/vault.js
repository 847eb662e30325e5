// The settings at rest: sealed with a passphrase that is kept nowhere.
//
// - **At rest**, in `storage.local.vault`: salt, iterations, and the sealed settings, as base64.
// - **While open**, in `storage.session.key`: the key. That area is memory, ends with the browser, and is hidden from content
//   scripts; without it each stop of the service worker would ask for the passphrase again.
// - **Errors**: `Locked` when settings are wanted and the vault is not open.

import { api } from "../shared/browser.js";
import { fromBase64, toBase64 } from "./base64.js";
import { ITERATIONS, keyFrom, keyOfRaw, newSalt, rawKey, seal, unseal } from "./seal.js";

const PURPOSE = "settings";
const EMPTY = { connections: [] };

export class Locked extends Error {
  code = "locked";
}

/** "none", "locked" or "open". */
export async function vaultState() {
  const [record, key] = await Promise.all([stored(), sessionKey()]);
  if (!record) return "none";
  return key ? "open" : "locked";
}

/** Makes an empty vault; one that is there already stays, and the answer is false. */
export function createVault(passphrase) {
  return alone(async () => {
    if (await stored()) return false;
    const salt = newSalt();
    const key = await keyFrom(passphrase, salt, ITERATIONS);
    await store({ salt: toBase64(salt), iterations: ITERATIONS, ...(await sealed(key, EMPTY)) });
    await keep(key);
    return true;
  });
}

/** Whether the passphrase was right. */
export async function unlockVault(passphrase) {
  const record = await stored();
  if (!record) return false;
  const key = await keyFrom(passphrase, fromBase64(record.salt), record.iterations);
  try {
    await opened(key, record);
  } catch {
    return false;
  }
  await keep(key);
  return true;
}

/** Forgets the key and, since they are in the same area, every token. */
export function lockVault() {
  return api.storage.session.clear();
}

/** For who has forgotten the passphrase: everything goes, and nothing can be brought back. */
export async function destroyVault() {
  await api.storage.local.remove("vault");
  await lockVault();
}

export async function readSettings() {
  return opened(await vaultKey(), await stored());
}

/** Replaces the settings by what `change` makes of them; one change at a time, whoever asks. */
export function changeSettings(change) {
  return alone(async () => {
    const key = await vaultKey();
    const record = await stored();
    const settings = change(await opened(key, record));
    await store({ ...record, ...(await sealed(key, settings)) });
    return settings;
  });
}

/** The key of the open vault, for other things that rest sealed. */
export async function vaultKey() {
  const key = await sessionKey();
  if (!key || !(await stored())) throw new Locked();
  return keyOfRaw(fromBase64(key));
}

async function sealed(key, settings) {
  const { iv, data } = await seal(key, new TextEncoder().encode(JSON.stringify(settings)), PURPOSE);
  return { iv: toBase64(iv), data: toBase64(data) };
}

async function opened(key, { iv, data }) {
  const bytes = await unseal(key, { iv: fromBase64(iv), data: fromBase64(data) }, PURPOSE);
  return JSON.parse(new TextDecoder().decode(bytes));
}

async function keep(key) {
  await api.storage.session.set({ key: toBase64(await rawKey(key)) });
}

async function sessionKey() {
  return (await api.storage.session.get("key")).key;
}

async function stored() {
  return (await api.storage.local.get("vault")).vault;
}

function store(vault) {
  return api.storage.local.set({ vault });
}

function alone(run) {
  return navigator.locks.request("ioc-lookup vault", run);
}
