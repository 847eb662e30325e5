// All that is known of one value, as text for a person.

import { printable } from "./terminal.js";

export function detail({ value, kind, verdict, score, reports }, terminal) {
  const head = [
    ["indicator", kind === null ? value : `${value} (${kind})`],
    ["verdict", verdict, verdict],
    ["score", outOfHundred(score)],
  ];
  return [block(head, terminal), ...reports.map((report) => `${printable(report.name)}\n${block(factsOf(report), terminal)}`)].join("\n");
}

function factsOf(report) {
  if (report.error !== null) return [["error", `${report.error.message} (${report.error.code})`, "failed"]];
  if (!report.found) return [["found", "no"]];
  return [
    ["verdict", report.verdict, report.verdict],
    ["score", outOfHundred(report.score)],
    ["status", report.status],
    ["TLP", report.tlp],
    ["tags", report.tags.join(", ")],
    ["sources", report.sources.map(({ name }) => name).join(", ")],
    ["attributes", report.attributes.map(({ name, value }) => `${name} = ${value}`).join(", ")],
    ["related", report.related.map(({ type, name }) => `${name} (${type})`).join(", ")],
    ["first seen", report.firstSeen],
    ["last seen", report.lastSeen],
    ["expires", report.expiresAt],
    ["link", report.link],
  ];
}

const outOfHundred = (score) => (score === null ? null : `${score} of 100`);

/** Lines of name and value; what a platform does not say has no line. */
function block(facts, terminal) {
  const said = facts.filter(([, value]) => value !== null && value !== "");
  return said.map(([name, value, word]) => `  ${name.padEnd(12)}${terminal.colour(word, printable(value))}\n`).join("");
}
