import type { TokenStore } from "../index.js";

/**
 * A Durable Object that holds tokens and hands out the lock. Export it from your Worker and bind it:
 *
 * ```toml
 * [[durable_objects.bindings]]
 * name = "TOKENS"
 * class_name = "TokenStoreObject"
 *
 * [[migrations]]
 * tag = "v1"
 * new_sqlite_classes = ["TokenStoreObject"]
 * ```
 */
export class TokenStoreObject {
  /** Milliseconds for which a lock is valid without being given back. Default 60 000. */
  static leaseMs: number;
  /** Milliseconds for which a request for the lock waits. Default 5 000. */
  static waitMs: number;
  constructor(state: { storage: { get(key: string): Promise<unknown>; put(key: string, value: unknown): Promise<void>; delete(key: string): Promise<unknown> } }, env?: unknown);
  fetch(request: Request): Promise<Response>;
}

/** What this store needs of a Durable Object namespace. */
export interface ObjectNamespace {
  idFromName(name: string): unknown;
  get(id: never): { fetch(url: string, init: RequestInit): Promise<Response> };
}

/**
 * Keeps tokens in a Durable Object: one token request for the whole network.
 *
 * ```js
 * import { durableObjectStore } from "ioc-lookup/stores/durable-object";
 * export { TokenStoreObject } from "ioc-lookup/stores/durable-object";
 * const client = await createClient({ ...config, tokenStore: durableObjectStore({ namespace: env.TOKENS }) });
 * ```
 */
export function durableObjectStore(options: { namespace: ObjectNamespace; name?: string }): Required<TokenStore>;
