// Reading the page that lies beside the panel: its text comes here, indicators are found here, and ranges go back as marks.
// Nothing of it leaves the browser.
//
// - **Shape** of a finding: `{ kind, value, internal, places: [{ start, end }], verdict }`, each value once, in the order of the text.
// - **Errors**: `page_closed` when the browser does not let the extension read this page, `site_off` when the person does not.

import { isInternal, keyOf, LONGEST_TEXT } from "../ioc-lookup/element/find.js";
import { api } from "../shared/browser.js";
import { extract, loaded } from "../shared/package.js";

// From the root: Firefox takes other paths from where the panel is.
const SCRIPT = "/page/page.js";
const MARKS = "/page/marks.css";

/** Reads and marks; `{ findings, cut }`, `cut` telling that the page was longer than what was read. */
export async function readPage(tabId) {
  await loaded();
  await inPage(tabId, { files: [SCRIPT] });
  const { text, cut } = await inPage(tabId, { func: (longest) => globalThis.iocLookupPage.read(longest), args: [LONGEST_TEXT] });
  return { findings: findingsOf(text), cut };
}

function findingsOf(text) {
  const findings = new Map();
  for (const { kind, value, start, end, special } of extract(text)) {
    const key = keyOf({ kind, value });
    if (!findings.has(key)) {
      findings.set(key, { kind, value, internal: isInternal({ kind, value, special }), places: [], verdict: null });
    }
    findings.get(key).places.push({ start, end });
  }
  return [...findings.values()];
}

/** Paints every place of every finding in the colour of its verdict. Returns how many could be painted. */
export async function markPage(tabId, findings) {
  const target = { tabId };
  await api.scripting.insertCSS({ target, files: [MARKS] });
  const marks = findings.flatMap(({ places, verdict }) =>
    places.map(({ start, end }) => ({ start, end, name: verdict ?? "found" })),
  );
  return inPage(tabId, { func: (marks) => globalThis.iocLookupPage.mark(marks), args: [marks] });
}

export async function clearPage(tabId) {
  await inPage(tabId, { func: () => globalThis.iocLookupPage?.clear() });
  await api.scripting.removeCSS({ target: { tabId }, files: [MARKS] });
}

/** Scrolls the page to a place; false if it is gone. */
export function showPlace(tabId, { start, end }) {
  return inPage(tabId, { func: (start, end) => globalThis.iocLookupPage.show(start, end), args: [start, end] });
}

async function inPage(tabId, what) {
  let answers;
  try {
    answers = await api.scripting.executeScript({ target: { tabId }, ...what });
  } catch (cause) {
    // The browsers word it in sentences of their own; those are for who looks into the panel's console.
    console.warn(`Tab ${tabId} cannot be read: ${cause.message}`);
    throw Object.assign(new Error("page_closed", { cause }), { code: "page_closed" });
  }
  const [{ result, error }] = answers;
  if (error) throw Object.assign(new Error(), { code: "internal" });
  return result;
}
