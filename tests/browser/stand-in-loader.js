// In place of /pkg/loaders/default.js, together with stand-in.js.
export * from "../index.js";
export { default } from "../index.js";
