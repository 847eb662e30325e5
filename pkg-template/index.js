// What the package exports, whatever the environment. The loaders say where the wasm comes from.

export { init as default } from "./load.js";
export { aql } from "./aql.js";
export { createClient } from "./client.js";
export { classify, defang, extract, refang } from "./detection.js";
export { LookupError, isLookupError } from "./errors.js";
export { lookup, lookupStream } from "./lookup.js";
export { toCsv } from "./report/csv.js";
export { toEcs } from "./report/ecs.js";
export { toOcsf } from "./report/ocsf.js";
export { toStix } from "./report/stix.js";
export { taegisRegions, taegisRoles } from "./taegis.js";
export { version } from "./version.js";
export { Watchlist, syncWatchlist } from "./watchlist.js";
