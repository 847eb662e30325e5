// Anywhere, by hand: nothing is inlined, and the caller gives `init()` the module, its bytes or its address.
export * from "../index.js";
export { default } from "../index.js";
