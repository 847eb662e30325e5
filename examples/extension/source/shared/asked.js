// What a person has asked for on a page, on its way from the menu to the panel of the same window.
//
// - **Shape**: `{ kind: "selection" | "page", text, url, tabId }`, in `storage.session` until the panel takes it. The panel
//   may be open already, or come a moment later; a message would reach the one and miss the other.
// - **Units**: text in UTF-16 units.

import { api } from "./browser.js";

/** A longer selection is more likely a mistake; `storage.session` holds a few megabytes in all. */
export const LONGEST_SELECTION = 1_000_000;

const keyOf = (windowId) => `asked:${windowId}`;

export function leave(windowId, asked) {
  return api.storage.session.set({ [keyOf(windowId)]: asked });
}

/** Calls `take` with what was left for this window, now and whenever something is. */
export async function onAsked(windowId, take) {
  const key = keyOf(windowId);
  const look = async () => {
    const { [key]: asked } = await api.storage.session.get(key);
    if (!asked) return;
    await api.storage.session.remove(key);
    take(asked);
  };
  api.storage.onChanged.addListener((changes, area) => area === "session" && changes[key]?.newValue && look());
  await look();
}
