// Rows of cells as aligned columns. A cell is a text, or `{ text, word }` to be shown in the colour of that word.

import { printable } from "./terminal.js";

export function table(rows, terminal) {
  const texts = rows.map((cells) => cells.map((cell) => printable(cell?.text ?? cell ?? "")));
  const widths = texts[0].map((_, column) => Math.max(...texts.map((row) => row[column].length)));
  const lines = texts.map((row, index) => {
    const padded = row.map((text, column) => terminal.colour(rows[index][column]?.word, text.padEnd(widths[column])));
    return padded.join("  ").trimEnd();
  });
  return `${lines.join("\n")}\n`;
}
