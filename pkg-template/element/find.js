// Which indicators a text holds, and which of them are ticked to begin with.
//
// - **Shape**: `{ kind, value, raw, special, low, defanged, ticked }`, each value once, in the order of the text.
// - **Errors**: the package's own, when the wasm cannot be loaded.

import * as pkg from "../index.js";

/** UTF-16 units. Above it a paste is more likely a mistake, and a text area no fit place for it. */
export const LONGEST_TEXT = 5_000_000;

/** `unticked`: identities ([keyOf]) that the person has unticked before and that stay so. */
export async function findIndicators(text, unticked = new Set()) {
  await pkg.default();
  const found = one(text) ?? all(text);
  // Someone who pastes nothing but private addresses means them; among others they must not leave
  // the network unasked.
  const onlySpecial = found.every((candidate) => candidate.special);
  for (const candidate of found) {
    const meant = !candidate.low && (onlySpecial || !candidate.special);
    candidate.ticked = (meant || found.length === 1) && !unticked.has(keyOf(candidate));
  }
  return found;
}

/** Identity of a candidate between two readings of a text. */
export function keyOf({ kind, value }) {
  return `${kind} ${value}`;
}

// A text that is one indicator is judged as such: `apk.xrat` in a report is a class name, alone in
// the field it is a question.
function one(text) {
  const raw = text.trim();
  if (raw === "" || raw.length > 4_096 || /\s/.test(raw)) return null;
  const known = pkg.classify(raw);
  return known && [{ ...known, raw, low: false, defanged: raw !== pkg.refang(raw) }];
}

function all(text) {
  if (!pkg.extract) return words(text);
  return pkg
    .extract(text, { unique: true, includeLow: true })
    .map(({ kind, value, raw, special, confidence, defanged }) => ({
      kind,
      value,
      raw,
      special,
      low: confidence === "low",
      defanged,
    }));
}

// A package that judges single strings only still reads a list, and words between blanks.
function words(text) {
  const found = new Map();
  for (const word of text.split(/[\s,;"'<>]+/)) {
    const [candidate] = one(word.replace(/[.:!?)]+$/, "")) ?? [];
    if (candidate && !found.has(keyOf(candidate))) found.set(keyOf(candidate), candidate);
  }
  return [...found.values()];
}
