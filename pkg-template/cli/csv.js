// CSV (RFC 4180) of flat records. A cell that a spreadsheet would take for a formula gets an apostrophe in front.

const FORMULA = /^[=+\-@\t\r]/;

/** `columns` names the members of each record, and is the first line. */
export function csv(columns, records) {
  const lines = [columns, ...records.map((record) => columns.map((column) => record[column]))];
  return lines.map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
