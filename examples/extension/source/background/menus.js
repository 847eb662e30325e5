// From the page to the panel: the context menu and the button in the toolbar.

import { leave, LONGEST_SELECTION } from "../shared/asked.js";
import { api } from "../shared/browser.js";
import { hostOf, isOff } from "../shared/sites.js";

const ENTRIES = [
  { id: "selection", title: "Look up “%s”", contexts: ["selection"] },
  { id: "page", title: "Find indicators on this page", contexts: ["page"] },
];
/** Firefox hands on no more of a selection, and does not say so; in UTF-16 units. */
const MOST_HANDED_ON = 16_384;
const PLACES = { documentUrlPatterns: ["http://*/*", "https://*/*"] };

/** Resolves when the entries are there. */
export async function addMenus() {
  await api.contextMenus.removeAll();
  await Promise.all(ENTRIES.map(addEntry));
}

// `create` gives no promise, in neither browser.
function addEntry(entry) {
  return new Promise((resolve) => api.contextMenus.create({ ...entry, ...PLACES }, resolve));
}

export async function onMenu(info, tab) {
  const { menuItemId: kind, pageUrl: url } = info;
  if (!tab || !ENTRIES.some(({ id }) => id === kind)) return;
  openPanel(tab);
  const text = await selectionOf(info, tab);
  const tooLong = text === null || text.length > LONGEST_SELECTION;
  await leave(tab.windowId, { kind, text: tooLong ? "" : text, tooLong, url, tabId: tab.id });
}

/** The selection whole, or more of it than is looked up; null where the browser handed on a part and the page keeps the rest. */
async function selectionOf({ selectionText = "", pageUrl, frameId = 0 }, tab) {
  if (selectionText.length !== MOST_HANDED_ON || (await isOff(hostOf(pageUrl)))) return selectionText;
  const how = { target: { tabId: tab.id, frameIds: [frameId] }, func: selectionIn, args: [LONGEST_SELECTION + 1] };
  const [answer] = await api.scripting.executeScript(how).catch(() => []);
  return answer?.result?.length >= MOST_HANDED_ON ? answer.result : null;
}

/** In the page. A text field keeps its selection to itself. */
function selectionIn(longest) {
  const { activeElement: field } = document;
  const inField = field instanceof HTMLTextAreaElement ? field.value.slice(field.selectionStart, field.selectionEnd) : "";
  return (inField || getSelection().toString()).slice(0, longest);
}

export function onAction(tab) {
  openPanel(tab);
}

// Before anything is awaited: the browsers open a panel only while the click is being handled. Where that is refused, what was
// asked stays for the panel until a person opens it.
function openPanel({ windowId }) {
  const opening = api.sidePanel ? api.sidePanel.open({ windowId }) : api.sidebarAction.open();
  opening.catch(() => {});
}
