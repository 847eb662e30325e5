// The rules that code and tests cite by number are told in `docs/rules.md`, each once.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { rules } from "../runtimes/rules.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));
const told = [...(await readFile(join(root, "docs/rules.md"), "utf8")).matchAll(/^- \*\*(\w+)\*\*/gm)].map(([, rule]) => rule);

/** Every citation in a folder, as "T5 in file". */
async function citationsIn(folder) {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(rs|m?js|d\.ts)$/.test(entry.name));
  const texts = files.map(async (file) => {
    const path = join(file.parentPath ?? file.path, file.name);
    const names = (await readFile(path, "utf8")).match(/(?<!%)\b[THRESL]\d{1,2}\b/g) ?? [];
    return [...new Set(names)].map((rule) => ({ rule, path }));
  });
  return (await Promise.all(texts)).flat();
}

test("the rules are told in the order of their numbers, each once", () => {
  assert.deepEqual(told, rules);
});

test("every rule that is cited is told", async () => {
  const cited = (await Promise.all(["src", "tests", "pkg-template", "xtask/src"].map(citationsIn))).flat();
  assert.ok(cited.length > rules.length, "the search finds citations");
  assert.deepEqual(cited.filter(({ rule }) => !told.includes(rule)), []);
});
