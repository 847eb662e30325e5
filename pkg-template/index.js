// What the package exports, whatever the environment. The loaders say where the wasm comes from.

import { localError } from "./errors.js";
import { core, init } from "./load.js";
import { guarded } from "./tasks.js";

export { init as default };
export { createClient } from "./client.js";
export { LookupError, isLookupError } from "./errors.js";
export { version } from "./version.js";

export function classify(text) {
  return guarded(() => core().classify(given(text)));
}

export function refang(text) {
  return guarded(() => core().refang(given(text)));
}

function given(text) {
  if (typeof text !== "string") throw localError("config_invalid", "text");
  return text;
}
