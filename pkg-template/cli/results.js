// What a lookup found, in each format that it can be printed in.
//
// Documents (table, json, csv, stix) are written whole, once everything is known: who interrupts gets none, and never
// half of one. Formats of lines (ndjson, ecs, ocsf) are written result by result, for programs that go on with them.

import { toCsv, toEcs, toOcsf, toStix } from "../loaders/node.js";
import { detail } from "./detail.js";
import { table } from "./table.js";

const DOCUMENTS = {
  table: (results, terminal) => (results.length === 1 ? detail(results[0], terminal) : summary(results, terminal)),
  json: (results) => `${JSON.stringify(results, null, 2)}\n`,
  csv: (results) => toCsv(results),
  stix: (results) => `${JSON.stringify(toStix(results), null, 2)}\n`,
};

const LINES = { ndjson: (result) => result, ecs: toEcs, ocsf: toOcsf };

export const RESULT_FORMATS = ["table", "json", "ndjson", "csv", "stix", "ecs", "ocsf"];

/** Prints results as they come; `seen` is told each. */
export async function printResults(results, format, terminal, seen) {
  const whole = [];
  for await (const result of results) {
    seen(result);
    if (format in LINES) await terminal.write(`${JSON.stringify(LINES[format](result))}\n`);
    else whole.push(result);
  }
  if (format in DOCUMENTS) await terminal.write(DOCUMENTS[format](whole, terminal));
}

/** A line for each value, a column for each platform. */
function summary(results, terminal) {
  if (results.length === 0) return "";
  const head = ["value", "kind", "verdict", "score", ...results[0].reports.map(({ name }) => name)];
  const lines = results.map(({ value, kind, verdict, score, reports }) => [value, kind, { text: verdict, word: verdict }, score, ...reports.map(answer)]);
  return table([head, ...lines], terminal);
}

function answer({ error, found, verdict, score }) {
  if (error !== null) return { text: error.code, word: "failed" };
  if (!found) return "not found";
  return { text: score === null ? verdict : `${verdict} ${score}`, word: verdict };
}
