// QRadar's query language as a template: values are quoted, never spliced.

import { localError } from "./errors.js";

/** Quotes of either kind that are closed again. A doubled one closes and opens. */
const BALANCED = /^(?:[^'"]|'[^']*'|"[^"]*")*$/;
/** Control characters, and halves of surrogate pairs. */
const UNSAFE = /[\p{Cc}\p{Cs}]/u;
/** Numbers as a query may hold them: without an exponent. */
const NUMBER = /^-?\d+(\.\d+)?$/;

export function aql(strings, ...values) {
  // Only a template has `raw`; a text that was put together elsewhere is what this is there to prevent.
  if (!Array.isArray(strings) || !Array.isArray(strings.raw)) refuse();
  let query = "";
  for (const [index, part] of strings.entries()) {
    // Within quotes of the template's own a quoted value would end them. Undefined: an escape that means nothing.
    if (part === undefined || !BALANCED.test(part)) refuse();
    query += part;
    if (index < values.length) query += literal(values[index], part);
  }
  return query;
}

function literal(value, before) {
  // A minus before a negative number would begin a comment.
  if (typeof value === "number" && NUMBER.test(value) && !(value < 0 && before.endsWith("-"))) return `${value}`;
  if (typeof value !== "string" || UNSAFE.test(value)) refuse();
  // A backslash means itself.
  return `'${value.replaceAll("'", "''")}'`;
}

function refuse() {
  throw localError("aql_invalid");
}
