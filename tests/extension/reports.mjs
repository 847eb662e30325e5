// Real report texts as pages, and what is in them by the judgement of people.
//
// The renderer knows as much of AsciiDoc as these texts use: headings, listings, lists, tables, code, links. What it
// must not do is change a visible word.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("../../../shared/data/reports/", import.meta.url));

/** `[{ name, body, html, indicators, optional }]`, the last two as sets of `kind value`; null, and a line, where the texts are absent. */
export function readReports() {
  if (!existsSync(FOLDER)) {
    console.log("# passed over: the real reports, since ../shared/data/reports is absent");
    return null;
  }
  const truth = readFileSync(`${FOLDER}truth.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const pairs = (name, status) =>
    new Set(truth.filter((row) => row.report === name && row.status === status).map(({ kind, value }) => `${kind} ${value}`));
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith(".adoc"))
    .map((file) => file.slice(0, -".adoc".length))
    .map((name) => {
      const body = bodyOf(readFileSync(`${FOLDER}${name}.adoc`, "utf8"));
      const html = documentOf(name, body);
      return { name, body, html, indicators: pairs(name, "indicator"), optional: pairs(name, "optional") };
    });
}

/** All reports as one long page. */
export function anthology(reports) {
  return documentOf("All reports", reports.map(({ name, body }) => `<section><h1>${name}</h1>${body}</section>`).join("\n"));
}

function documentOf(title, body) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><body><h1>${title}</h1>\n${body}</body></html>`;
}

function bodyOf(text) {
  const body = [];
  let listing = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^(----|\.\.\.\.)$/.test(line)) {
      listing = !listing;
      body.push(listing ? "<pre>" : "</pre>");
    } else body.push(listing ? escaped(line) : blockOf(line));
  }
  return body.join("\n");
}

function blockOf(line) {
  const heading = /^(=+) (.*)$/.exec(line);
  if (heading) return `<h2>${inline(heading[2])}</h2>`;
  const item = /^\s*[-*]+ (.*)$/.exec(line);
  if (item) return `<div role="listitem">${inline(item[1])}</div>`;
  if (/^\|===/.test(line)) return "<hr>";
  if (line.startsWith("|")) return `<div class="row">${line.slice(1).split("|").map((cell) => `<div>${inline(cell)}</div>`).join("")}</div>`;
  if (line.trim() === "") return "<p></p>";
  // Lines of a paragraph run on, as they do in the source.
  return `${inline(line)}\n`;
}

/** Code may be within a word, and often is: half an address in another typeface. */
function inline(text) {
  return escaped(text).replace(/`(?:\+\+)?(.+?)(?:\+\+)?`/g, "<code>$1</code>");
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
