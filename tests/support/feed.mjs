// The large feed that lies beside the repository and not in it: 1.4 million indicators that were really seen.
import { decompress } from "fzstd";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FILE = fileURLToPath(new URL("../../../shared/data/maltrail.tsv.zst", import.meta.url));

/** Its first `count` rows as `[value, kind, category]`; null, and a loud word, when the file is absent. */
export function feedRows(count = Infinity) {
  if (!existsSync(FILE)) {
    console.error(`PASSED OVER: ${FILE} is absent, so nothing is tried at full size`);
    return null;
  }
  const rows = new TextDecoder().decode(decompress(readFileSync(FILE))).split("\n");
  // The first row names the columns, and the last one ends with a line feed.
  return rows.slice(1, Math.min(count + 1, rows.length - 1)).map((row) => row.split("\t", 3));
}
