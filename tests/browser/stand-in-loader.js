// In place of /pkg/loaders/default.js, together with stand-in.js.
export { default } from "../index.js";
export * from "../index.js";
