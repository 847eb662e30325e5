/** The compiled module, where the bundler or runtime imports `.wasm` files as modules (Cloudflare Workers). */
declare const module: WebAssembly.Module;
export default module;
