// Registers <ioc-lookup>. For pages and bundlers; a server-side import does nothing.
//
// The loader brings the wasm along, so that this import is the only one a page needs. Where the
// wasm comes from a file of your own (extensions), call `init(source)` of "ioc-lookup/slim" first.
import "./loaders/default.js";
import { IocLookupElement } from "./element/ioc-lookup.js";

if (globalThis.customElements && !customElements.get("ioc-lookup")) {
  customElements.define("ioc-lookup", IocLookupElement);
}

export { IocLookupElement };
