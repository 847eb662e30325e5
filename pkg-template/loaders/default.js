// Browsers, and whatever is none of the others: inflated from a string, so that no bundler has a file to lose.
import deflated from "../core.inline.js";
import { provide } from "../load.js";

const bytes = () => Uint8Array.from(atob(deflated), (character) => character.charCodeAt(0));
provide(() => new Response(new Blob([bytes()]).stream().pipeThrough(new DecompressionStream("deflate-raw"))));
export * from "../index.js";
export { default } from "../index.js";
