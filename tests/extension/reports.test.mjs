// Real reports, shown as pages: what the extension marks is what people found in them, and the pages stay as they were.

import { after, before, describe, test } from "node:test";
import assert from "node:assert/strict";
import { entry } from "../support/project.mjs";
import { textOf } from "./analyst.mjs";
import { anthology, readReports } from "./reports.mjs";
import { names, openStage } from "./stage.mjs";
import { seen, watch } from "./unchanged.mjs";

const { extract } = await import(entry());
const reports = readReports();

/** Of the real reports as plain texts, a few per mille may be read otherwise than by people; pages may not add to that. */
const MOST_DIFFERENT = 0.01;

for (const name of reports ? names : []) {
  describe(`reports, ${name}`, () => {
    const sets = setsOf(reports);
    let stage;
    before(async () => {
      stage = await openStage(name, { pages: Object.fromEntries(sets.map(({ name, html }) => [`/${name}`, html])) });
    });
    after(() => stage?.close());

    test("marks are what people found, to the letter, and no page is changed by a byte", async () => {
      let all = 0;
      const differences = [];
      for (const { name, indicators, optional } of sets) {
        const marked = await marksOf(stage, name);
        all += indicators.size;
        for (const pair of indicators) if (!marked.has(pair)) differences.push(`${name}: ${pair} is missing`);
        for (const pair of marked) if (!indicators.has(pair) && !optional.has(pair)) differences.push(`${name}: ${pair} is none`);
      }
      console.log(`# ${sets.length} pages, ${all} indicators, ${differences.length} differences`);
      assert.ok(differences.length <= all * MOST_DIFFERENT, differences.join("\n"));
    });
  });
}

/** All reports on one long page: whoever marks that, marks each. */
function setsOf(reports) {
  const union = (member) => new Set(reports.flatMap((report) => [...report[member]]));
  return [{ name: "all", html: anthology(reports), indicators: union("indicators"), optional: union("optional") }];
}

async function marksOf(stage, name) {
  const page = await stage.open(`/${name}`);
  const before = await page.evaluate(watch);
  await stage.choose(page, "page");
  await stage.panelShows(textOf, "counts", "indicator");
  const marked = pairsOf(await stage.marks(page));
  assert.deepEqual(await page.evaluate(seen), { html: before, changes: 0 }, name);
  await stage.picture("report-page");
  await page.close();
  return marked;
}

/** The marked pieces read by themselves, as `kind value`. */
function pairsOf(marks) {
  const read = ({ text }) => extract(text, { includeLow: true }).map(({ kind, value }) => `${kind} ${value}`);
  return new Set(marks.flatMap(read));
}
