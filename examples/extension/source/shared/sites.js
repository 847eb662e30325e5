// The sites on which the extension keeps still: nothing is read there, and nothing from there is asked.
//
// - **Shape**: `storage.local.off` is a list of hosts. A host is what stands in the address bar, without its port.

import { api } from "./browser.js";

/** The host of a page's address; null for pages that have none, such as those of the browser itself. */
export function hostOf(url) {
  const address = typeof url === "string" && URL.canParse(url) ? new URL(url) : null;
  return address && /^https?:$/.test(address.protocol) ? address.hostname : null;
}

export async function hostsOff() {
  const { off } = await api.storage.local.get("off");
  return Array.isArray(off) ? off : [];
}

export async function isOff(host) {
  return (await hostsOff()).includes(host);
}

export function setAllOn() {
  return api.storage.local.remove("off");
}

export async function setOff(host, off) {
  const others = (await hostsOff()).filter((other) => other !== host);
  await api.storage.local.set({ off: off ? [...others, host].sort() : others });
}
