// Cloudflare Workers: compiling bytes is refused here, importing a module is not.
import module from "../core.wasm";
import { provideSync } from "../load.js";

provideSync(() => module);
export * from "../index.js";
export { default } from "../index.js";
