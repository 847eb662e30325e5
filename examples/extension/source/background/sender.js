// Who may speak to the background: the extension's own pages, as pages of their own. Content scripts run beside hostile pages,
// and other extensions are strangers; neither has anything to say here.

import { api } from "../shared/browser.js";

const PAGES = ["panel/panel.html", "options/options.html"];

export function isOurPage(sender) {
  if (sender?.id !== api.runtime.id || typeof sender.url !== "string") return false;
  // In a frame it would be somebody else's page around ours.
  if (sender.frameId !== undefined && sender.frameId !== 0) return false;
  const [address] = sender.url.split(/[?#]/, 1);
  return PAGES.some((page) => address === api.runtime.getURL(page));
}
