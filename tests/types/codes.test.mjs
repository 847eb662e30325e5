// The codes of errors stand in four places: the core, the facade, the types and the README. Each is read here.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { packaged } from "../support/project.mjs";

const { localError } = await import(pathToFileURL(packaged("errors.js")));
const rust = await readFile(new URL("../../src/error.rs", import.meta.url), "utf8");
const types = await readFile(packaged("index.d.ts"), "utf8");
const readme = await readFile(packaged("README.md"), "utf8");

/** From the tables of `src/error.rs`: code → category and retryable. */
function coreCodes() {
  const retryable = rust.match(/fn retryable[^}]*matches!\(self, ([^)]*)\)/)[1].match(/\w+(?= \||$)/g);
  const rows = rust.matchAll(/Code::(\w+) => (?:\{\s*)?\(\s*"(\w+)",\s*(\w+),/g);
  return new Map(
    [...rows].map(([, variant, code, category]) => [
      code,
      { category: category.toLowerCase(), retryable: retryable.includes(variant) },
    ]),
  );
}

/** The literals of a union in the types, one per line. The last one ends with a semicolon, and comments may hold some too. */
function union(name) {
  const lines = types.split(`export type ${name} =\n`)[1].split("\n");
  const last = lines.findIndex((line) => /^ +\| "\w+";$/.test(line));
  return lines.slice(0, last + 1).flatMap((line) => line.match(/^ +\| "(\w+)"/)?.[1] ?? []);
}

const core = coreCodes();
/** `undefined` where the facade does not raise that code by itself. */
const facade = (code) => {
  const { category, retryable } = localError(code);
  return category && { category, retryable };
};

test("the table of the core is read whole", () => {
  const count = Number(rust.match(/ALL: \[Code; (\d+)\]/)[1]);
  assert.equal(core.size, count);
});

test("E20 a code that the core raises is declared", () => {
  const declared = union("ErrorCode");
  assert.deepEqual([...core.keys()].filter((code) => !declared.includes(code)), []);
});

test("E20 a code that is declared is raised by the core or by the facade", () => {
  const idle = union("ErrorCode").filter((code) => !core.has(code) && !facade(code));
  assert.deepEqual(idle, []);
});

test("E20 core and facade agree about a code that both raise", () => {
  const both = [...core].filter(([code]) => facade(code));
  assert.ok(both.length > 0);
  for (const [code, facts] of both) assert.deepEqual(facade(code), facts, code);
});

test("E20 every category is declared, and no other", () => {
  const categories = new Set([...core.values()].map(({ category }) => category));
  assert.deepEqual([...categories].sort(), union("ErrorCategory").sort());
});

test("the README says about every code what to do", () => {
  const rows = [...readme.matchAll(/^\| `(\w+)` \|/gm)].map(([, code]) => code);
  assert.deepEqual(rows, union("ErrorCode"));
});
