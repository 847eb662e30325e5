// What the package exports, whatever the environment. The loaders say where the wasm comes from.

import { localError } from "./errors.js";
import { core, init } from "./load.js";
import { guarded } from "./tasks.js";

export { init as default };
export { aql } from "./aql.js";
export { createClient } from "./client.js";
export { LookupError, isLookupError } from "./errors.js";
export { lookup, lookupStream } from "./lookup.js";
export { toCsv } from "./report/csv.js";
export { toEcs } from "./report/ecs.js";
export { toOcsf } from "./report/ocsf.js";
export { toStix } from "./report/stix.js";
export { taegisRegions, taegisRoles } from "./taegis.js";
export { version } from "./version.js";
export { Watchlist, syncWatchlist } from "./watchlist.js";

export function classify(text) {
  return guarded(() => core().classify(given(text)));
}

export function refang(text) {
  return guarded(() => core().refang(given(text)));
}

export function defang(value) {
  return guarded(() => core().defang(given(value)));
}

export function extract(text, options = {}) {
  const found = guarded(() => core().extract(given(text), written(options)));
  // From the caller's own string: half of a surrogate pair does not survive the way into the wasm.
  for (const indicator of found) indicator.raw = text.slice(indicator.start, indicator.end);
  return found;
}

function given(text) {
  if (typeof text !== "string") throw localError("config_invalid", "text");
  return text;
}

function written(options) {
  let json;
  try {
    json = JSON.stringify(options);
  } catch {
    // Said below.
  }
  if (json === undefined) throw localError("config_invalid", "options");
  return json;
}
