// The stores for extensions and Workers, whose types speak of the DOM's.
import type { TokenStore } from "ioc-lookup";
import { durableObjectStore, TokenStoreObject } from "ioc-lookup/stores/durable-object";
import { sessionStore } from "ioc-lookup/stores/extension";

declare const namespace: Parameters<typeof durableObjectStore>[0]["namespace"];
export const stores: TokenStore[] = [sessionStore(), durableObjectStore({ namespace, name: "tokens" })];
export class Tokens extends TokenStoreObject {
  static override leaseMs = 30_000;
}
