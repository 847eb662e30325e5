// CSV by RFC 4180: one header, CRLF, UTF-8 without a mark. What a spreadsheet would take for a formula becomes a text.

/** `columns` names the members of each record, and is the first line. Members are texts, lists of texts, or our own numbers. */
export function csv(columns, records) {
  const lines = [columns, ...records.map((record) => columns.map((column) => cell(record[column])))];
  return lines.map((cells) => `${cells.map(field).join(",")}\r\n`).join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  // Each for itself: a spreadsheet that separates by semicolons would begin a cell with it.
  if (Array.isArray(value)) return value.map(cell).join("; ");
  return typeof value === "string" ? harmless(value) : String(value);
}

// Full-width forms are read as their plain ones by spreadsheets of some languages; blanks in front are skipped by all.
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/u;

function harmless(text) {
  return FORMULA.test(text) ? `'${text}` : text;
}

function field(text) {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
