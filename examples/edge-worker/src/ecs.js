// Matches as one line of the Elastic Common Schema.

import { toEcs } from "ioc-lookup";
import { logEcs } from "./log.js";

/** `threat.enrichments` for some hits, each with the field that it was found in. */
export function enrichmentsOf(hits) {
  return hits.flatMap(({ field, match }) =>
    toEcs(match).threat.enrichments.map((one) => ({ ...one, matched: { ...one.matched, field } })),
  );
}

/** The line for a request. Its query is left out: what people type there is not for logs, save what matched. */
export function logMatches(request, hits) {
  const { hostname, pathname, protocol } = new URL(request.url);
  logEcs({
    event: { kind: "enrichment", category: ["threat"], type: ["indicator"], action: "watchlist-match" },
    client: { ip: request.headers.get("CF-Connecting-IP") },
    http: { request: { method: request.method, id: request.headers.get("CF-Ray") } },
    url: { scheme: protocol.slice(0, -1), domain: hostname, path: pathname },
    threat: { enrichments: enrichmentsOf(hits) },
  });
}
