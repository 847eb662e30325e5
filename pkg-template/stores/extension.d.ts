import type { TokenStore } from "../index.js";

/** What this store needs of a storage area of `chrome` or `browser`. */
export interface StorageArea {
  get(key: string): Promise<Record<string, unknown>>;
  set(items: Record<string, string>): Promise<void>;
  remove(key: string): Promise<void>;
}

/**
 * Keeps tokens in `storage.session` of an extension: they survive the stop of its service worker and end with the browser.
 *
 * ```js
 * import { sessionStore } from "ioc-lookup/stores/extension";
 * const client = await createClient({ ...config, tokenStore: sessionStore() });
 * ```
 *
 * Needs the permission `storage`. With the Web Locks API (service workers have it) only one context renews at a time.
 */
export function sessionStore(options?: { area?: StorageArea; locks?: Pick<LockManager, "request"> }): TokenStore;
