// What was found in texts (indicators, matches), in each format that it can be printed in. `json` and `table` are written
// whole, everything else as it is found, so that the text may be longer than memory.

import { csv } from "../csv.js";
import { table } from "./table.js";

/** Of several files it is told in which one it was found: `start` and `end` count within that. */
export const ofFile = (file, files, found) => (files.length > 1 ? found.map((one) => ({ file, ...one })) : found);

export const columnsFor = (files, columns) => (files.length > 1 ? ["file", ...columns] : columns);

/**
 * @param groups what was found, group by group.
 * @param columns names of the members that `table` and `csv` show.
 * @param lines further formats of lines: a function from one finding to its line.
 */
export async function printFound(groups, { format, columns, lines, terminal }) {
  if (format === "csv") await terminal.write(csv(columns, []));
  const whole = [];
  for await (const group of groups) {
    if (format === "table" || format === "json") whole.push(...group);
    else if (group.length > 0) await terminal.write(group.map((one) => line(one, format, columns, lines)).join(""));
  }
  if (format === "json") await terminal.write(`${JSON.stringify(whole, null, 2)}\n`);
  if (format === "table" && whole.length > 0) await terminal.write(table([columns, ...whole.map((one) => cells(one, columns))], terminal));
}

function line(one, format, columns, lines) {
  if (format === "csv") return csv(columns, [one]).split("\r\n", 2)[1] + "\r\n";
  if (format === "ndjson") return `${JSON.stringify(one)}\n`;
  return `${lines[format](one)}\n`;
}

function cells(one, columns) {
  return columns.map((column) => (column === "verdict" ? { text: one.verdict, word: one.verdict } : one[column]));
}
