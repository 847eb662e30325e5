// Keys from passphrases, and bytes sealed with them.
//
// - **Shape**: PBKDF2-HMAC-SHA-256 makes a key of AES-256-GCM; a sealed thing is `{ iv, data }`, a fresh iv each time.
// - **Errors**: `unseal` throws an OperationError for another key, changed bytes, or bytes that were sealed as something else.
// - **Source**: NIST SP 800-38D for GCM; OWASP's password storage guide for the number of iterations.

/** A second or less on a desk; every guess of somebody who has the file costs the same. */
export const ITERATIONS = 600_000;

export function newSalt() {
  return crypto.getRandomValues(new Uint8Array(16));
}

/** The key is extractable: it must outlive the service worker, see vault.js. */
export async function keyFrom(passphrase, salt, iterations) {
  const words = new TextEncoder().encode(passphrase.normalize("NFKC"));
  const base = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
}

export async function rawKey(key) {
  return new Uint8Array(await crypto.subtle.exportKey("raw", key));
}

export function keyOfRaw(raw) {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** `purpose` is sealed along, so that one sealed thing cannot take the place of another. */
export async function seal(key, bytes, purpose) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, data: new Uint8Array(await crypto.subtle.encrypt(parameters(iv, purpose), key, bytes)) };
}

export async function unseal(key, { iv, data }, purpose) {
  return new Uint8Array(await crypto.subtle.decrypt(parameters(iv, purpose), key, data));
}

function parameters(iv, purpose) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`ioc-lookup ${purpose} 1`) };
}
