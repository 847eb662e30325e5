// A list of thousands of rows, in order, that stays quick.
//
// Whatever a browser does per frame it does for each child of a parent that has changed. So the rows stand in
// chunks, which carry `content-visibility`; a new row concerns its chunk alone. For assistive technology the
// chunks do not exist: there is one list of rows.

import { el } from "../dom.js";

/** Rows in a chunk, at most. Divides by 2, 3 and 4, so that columns are filled. */
const FULL = 60;

/** `{ root, add(item, row), clear() }`; `compare` orders the items, equal ones stay in the order of adding. */
export function longList(attributes, compare = () => 0) {
  const root = el("div", { ...attributes, role: "list" });
  let chunks = [];

  function add(item, row) {
    row.role = "listitem";
    const chunk = chunks.findLast(({ entries }) => compare(entries[0].item, item) <= 0) ?? chunks[0] ?? begin(0);
    const at = placeOf(chunk.entries, item, compare);
    if (chunk.entries.length < FULL) return insert(chunk, at, { item, row });
    if (at === FULL) return insert(begin(chunks.indexOf(chunk) + 1), 0, { item, row });
    split(chunk);
    return add(item, row);
  }

  function begin(index) {
    const chunk = { root: el("div", { class: "chunk", role: "none" }), entries: [] };
    root.insertBefore(chunk.root, chunks[index]?.root ?? null);
    chunks.splice(index, 0, chunk);
    return chunk;
  }

  // The half that holds the focus stays where it is: a node that is moved loses it.
  function split(chunk) {
    const index = chunks.indexOf(chunk);
    const half = chunk.entries.splice(FULL / 2);
    if (half.some(({ row }) => row.matches(":focus-within"))) {
      const first = begin(index);
      first.entries = chunk.entries;
      first.root.append(...first.entries.map(({ row }) => row));
      chunk.entries = half;
    } else {
      const second = begin(index + 1);
      second.entries = half;
      second.root.append(...half.map(({ row }) => row));
    }
  }

  return {
    root,
    add,
    clear() {
      chunks = [];
      root.replaceChildren();
    },
  };
}

function insert({ root, entries }, at, entry) {
  root.insertBefore(entry.row, entries[at]?.row ?? null);
  entries.splice(at, 0, entry);
}

// Binary search for the place behind all that are not greater.
function placeOf(entries, item, compare) {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(entries[middle].item, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
