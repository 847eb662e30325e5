// The package with its wasm loaded from the file beside it: an extension packs its code, and inlines none.

import init from "../ioc-lookup/index.js";
import { api } from "./browser.js";

/** Resolves when the package's synchronous functions may be called. A failed load is tried again by the next call. */
export function loaded() {
  return init(api.runtime.getURL("ioc-lookup/core.wasm"));
}

export * from "../ioc-lookup/index.js";
