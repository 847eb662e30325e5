// A lookup's result as text for a terminal.

const NAMES = { threatq: "ThreatQ", qradar: "QRadar", taegis: "Taegis" };

/** The text of one `LookupResult`: a head for the value, then a block per platform. */
export function reportText(result) {
  const head = [
    ["indicator", `${result.value} (${result.kind ?? "of no known kind"})`],
    ["verdict", result.verdict],
    ["score", outOfHundred(result.score)],
  ];
  return [columns(head), ...result.reports.map(platformText)].join("\n\n");
}

function platformText(report) {
  const name = NAMES[report.platform] ?? report.platform;
  if (report.error !== null) return `${name}\n${columns([["error", `${report.error.code}: ${report.error.message}`]])}`;
  if (!report.found) return `${name}\n${columns([["found", "no"]])}`;
  return `${name}\n${columns([
    ["verdict", report.verdict],
    ["score", outOfHundred(report.score)],
    ["status", report.status],
    ["TLP", report.tlp],
    ["tags", report.tags.join(", ")],
    ["sources", report.sources.map((source) => source.name).join(", ")],
    ["attributes", report.attributes.map(({ name, value }) => `${name} = ${value}`).join(", ")],
    ["related", report.related.map(({ type, name }) => `${name} (${type})`).join(", ")],
    ["first seen", report.firstSeen],
    ["last seen", report.lastSeen],
    ["expires", report.expiresAt],
    ["link", report.link],
  ])}`;
}

const outOfHundred = (score) => (score === null ? null : `${score} of 100`);

/** Lines of name and value; what a platform does not say has no line. */
function columns(rows) {
  const said = rows.filter(([, value]) => value !== null && value !== "");
  return said.map(([name, value]) => `  ${name.padEnd(12)}${printable(value)}`).join("\n");
}

/** A platform's text goes to a terminal, which must not take orders from it. */
function printable(text) {
  return String(text).replace(/\p{C}+/gu, " ");
}
