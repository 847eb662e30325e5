// Node, Bun and Deno: inflated from a string, since a path to a file survives neither bundling nor Deno's permissions.
import { Buffer } from "node:buffer";
import { inflateRawSync } from "node:zlib";
import deflated from "../core.inline.js";
import { provideSync } from "../load.js";

provideSync(() => inflateRawSync(Buffer.from(deflated, "base64")));
export * from "../index.js";
export { default } from "../index.js";
