// toCsv: what a spreadsheet makes of it.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as spreadsheet from "xlsx";

import { entry } from "../support/project.mjs";
import { ignorant, report, result } from "./known.mjs";

let toCsv;
before(async () => {
  ({ toCsv } = await import(entry()));
});

/** The cells of the one sheet, as a spreadsheet reads the text. */
function cellsOf(csv) {
  const sheet = spreadsheet.read(csv, { type: "string", raw: false }).Sheets.Sheet1;
  return Object.entries(sheet).filter(([name]) => !name.startsWith("!"));
}

test("one row per report, in the order of the columns", () => {
  const error = { code: "timeout" };
  const csv = toCsv([result({ query: "bad[.]example" }, report({ tags: ["c2", "rat"] }), ignorant({ platform: "taegis", error }))]);
  assert.equal(
    csv,
    "query,value,kind,verdict,score,platform,found,status,tlp,tags,sources,firstSeen,lastSeen,link,error\r\n" +
      "bad[.]example,bad.example,domain,malicious,95,threatq,true,Active,AMBER,c2; rat,ArcSight,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,https://tq.example.com/indicators/1/details,\r\n" +
      "bad[.]example,bad.example,domain,unknown,,taegis,false,,,,,,,,timeout\r\n",
  );
});

test("commas, quotes and line ends stay within their field", () => {
  const [, row] = toCsv([result({}, report({ status: 'a "b", c\r\nd' }))]).split(/\r\n(?=bad)/);
  assert.ok(row.includes(',"a ""b"", c\r\nd",'), row);
});

const FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(\"http://bad.example\")"];

test("what a spreadsheet would compute is a text, in every column that others fill", () => {
  for (const formula of FORMULAS) {
    const one = report({ status: formula, tlp: formula, tags: ["ok", formula], sources: [{ name: formula }], link: formula, firstSeen: formula });
    const csv = toCsv([result({ query: formula, value: formula }, one)]);
    const cells = cellsOf(csv);
    assert.deepEqual(cells.filter(([, cell]) => cell.f !== undefined), [], JSON.stringify(formula));
    const texts = cells.map(([, cell]) => cell.v);
    assert.ok(texts.includes(`'${formula}`), JSON.stringify([formula, texts]));
    // A spreadsheet that separates by semicolons begins a cell within a list.
    assert.ok(texts.includes(`ok; '${formula}`), JSON.stringify([formula, texts]));
  }
});

test("the same texts without the quote are formulas: the spreadsheet can tell", () => {
  assert.equal(cellsOf("=1+1,x\r\n")[0][1].f, "1+1");
});

test("what is no formula is left alone, and a score is a number", () => {
  const cells = cellsOf(toCsv([result({ value: "a-b=c@d.example" })]));
  assert.ok(cells.some(([, cell]) => cell.v === "a-b=c@d.example"));
  assert.ok(cells.some(([, cell]) => cell.v === 95 && cell.t === "n"));
});

test("what is no list of results is refused with a LookupError", () => {
  for (const wrong of [undefined, "x", [null], [{}]]) assert.throws(() => toCsv(wrong), { name: "LookupError", code: "config_invalid", reason: "results" });
});
