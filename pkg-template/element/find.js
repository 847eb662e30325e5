// Which indicators a text holds, and which of them are ticked to begin with.
//
// - **Shape**: `{ kind, value, internal, low, defanged, ticked }`, each value once, in the order of the text.
// - **Errors**: the package's own, when the wasm cannot be loaded.

import init, { classify, extract, refang } from "../index.js";

/** UTF-16 units. Above it a paste is more likely a mistake, and a text area no fit place for it. */
export const LONGEST_TEXT = 5_000_000;

// Addresses and names that the standards reserve for examples. Nobody has them, so to ask about them gives
// nothing away; all other special ones belong to the inside of some network.
const FOR_EXAMPLES =
  /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^\[?(2001:db8|3fff):|(^|\.)(example(\.(com|net|org|edu))?|test|invalid)$/;

/** `unticked`: identities ([keyOf]) that the person has unticked before and that stay so. */
export async function findIndicators(text, unticked = new Set()) {
  await init();
  const found = one(text) ?? all(text);
  // Someone who pastes nothing but internal addresses means them; among others they must not leave
  // the network unasked.
  const onlyInternal = found.every((candidate) => candidate.internal);
  for (const candidate of found) {
    const meant = !candidate.low && (onlyInternal || !candidate.internal);
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
  const known = classify(raw);
  return known && [candidate({ ...known, confidence: "high", defanged: raw !== refang(raw) })];
}

function all(text) {
  return extract(text, { unique: true, includeLow: true }).map(candidate);
}

function candidate({ kind, value, special, confidence, defanged }) {
  return { kind, value, internal: isInternal({ kind, value, special }), low: confidence === "low", defanged };
}

/** Whether an indicator belongs to the inside of some network, so that asking about it would tell of that network. */
export function isInternal({ kind, value, special }) {
  return special && !FOR_EXAMPLES.test(hostOf(kind, value));
}

function hostOf(kind, value) {
  if (kind === "url") return URL.canParse(value) ? new URL(value).hostname : "";
  return value.slice(value.indexOf("@") + 1);
}
