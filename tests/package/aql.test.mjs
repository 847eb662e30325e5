// `aql`: values are quoted, or the query is refused. No sandbox: it is a function of texts.

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { entry } from "../support/project.mjs";

const { aql, LookupError } = await import(entry());

/** Reads what follows `x = ` as QRadar's language does: one literal, and nothing behind it. */
function literalOf(query) {
  const text = query.slice("x = ".length);
  assert.match(text, /^'(?:[^']|'')*'$/, "one literal from the first quote to the last");
  return text.slice(1, -1).replaceAll("''", "'");
}

const HOSTILE = ["'", "''", "' OR 1=1 --", "'; DELETE", "\\", "\\'", "%", "_", '"', "${x}", "/* */", "", "☂", "𝔘", "a b", "--", "{1}", "\u2028"];

test("what is quoted is read back, whatever it holds", () => {
  for (const value of HOSTILE) assert.equal(literalOf(aql`x = ${value}`), value);
  let seed = 7;
  const dice = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 2_000; round += 1) {
    const value = Array.from({ length: dice(6) }, () => HOSTILE[dice(HOSTILE.length)]).join("");
    assert.equal(literalOf(aql`x = ${value}`), value);
  }
});

test("a query keeps its own text, and numbers get no quotes", () => {
  const query = aql`SELECT "URL Host" FROM events WHERE sourceip = ${"203.0.113.9"} AND magnitude > ${4.5} LIMIT ${10} LAST 1 HOURS`;
  assert.equal(query, `SELECT "URL Host" FROM events WHERE sourceip = '203.0.113.9' AND magnitude > 4.5 LIMIT 10 LAST 1 HOURS`);
  assert.equal(aql`x > ${-1} AND a = 'it''s' AND b = ${"c"}`, "x > -1 AND a = 'it''s' AND b = 'c'");
});

describe("what cannot be quoted safely is aql_invalid:", () => {
  const refused = {
    "a value within single quotes": () => aql`x = '${"a"}'`,
    "a value within double quotes": () => aql`x = "${"a"}"`,
    "a value behind an open quote": () => aql`x = 'a AND y = ${"b' OR '1"}`,
    "a quote that is never closed": () => aql`x = 'a`,
    "NUL": () => aql`x = ${"a\0"}`,
    "a line break": () => aql`x = ${"a\nb"}`,
    "an escape character": () => aql`x = ${"\u001b[31m"}`,
    "a C1 control": () => aql`x = ${"\u0085"}`,
    "half of a surrogate pair": () => aql`x = ${"\ud800"}`,
    "NaN": () => aql`x = ${NaN}`,
    "Infinity": () => aql`x = ${-Infinity}`,
    "a number with an exponent": () => aql`x = ${1e21}`,
    "a number that would begin a comment": () => aql`x = y -${-1}`,
    "null": () => aql`x = ${null}`,
    "an object that pretends": () => aql`x = ${{ toString: () => "1 OR 1=1" }}`,
    "a list": () => aql`x IN (${["a"]})`,
    "a text instead of a template": () => aql("x = 1"),
    "a list instead of a template": () => aql(["x = ", ""], "a"),
    "an escape that means nothing": () => aql`x = \u{ ${"a"}`,
  };
  for (const [label, write] of Object.entries(refused)) {
    test(label, () => {
      assert.throws(write, (error) => error instanceof LookupError && error.code === "aql_invalid" && error.category === "input" && !error.retryable);
    });
  }
});
