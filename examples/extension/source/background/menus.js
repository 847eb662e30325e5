// From the page to the panel: the context menu and the button in the toolbar.

import { leave, LONGEST_SELECTION } from "../shared/asked.js";
import { api } from "../shared/browser.js";

const ENTRIES = [
  { id: "selection", title: "Look up “%s”", contexts: ["selection"] },
  { id: "page", title: "Find indicators on this page", contexts: ["page"] },
];
const PLACES = { documentUrlPatterns: ["http://*/*", "https://*/*"] };

export async function addMenus() {
  await api.contextMenus.removeAll();
  for (const entry of ENTRIES) api.contextMenus.create({ ...entry, ...PLACES });
}

export function onMenu({ menuItemId: kind, selectionText = "", pageUrl: url }, tab) {
  if (!tab || !ENTRIES.some(({ id }) => id === kind)) return undefined;
  openPanel(tab);
  const tooLong = selectionText.length > LONGEST_SELECTION;
  return leave(tab.windowId, { kind, text: tooLong ? "" : selectionText, tooLong, url, tabId: tab.id });
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
