// Results as CSV: one row per report.

import { csv } from "../csv.js";
import { resultsOf } from "./given.js";

const COLUMNS = ["query", "value", "kind", "verdict", "score", "platform", "found", "status", "tlp", "tags", "sources", "firstSeen", "lastSeen", "link", "error"];

/** Results as CSV. */
export function toCsv(results) {
  const rows = resultsOf(results).flatMap(({ query, value, kind, reports }) =>
    reports.map((report) => ({ ...report, query, value, kind, sources: report.sources.map(({ name }) => name), error: report.error?.code })),
  );
  return csv(COLUMNS, rows);
}
