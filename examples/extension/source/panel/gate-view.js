// What stands between a person and their platforms: no passphrase yet, a locked vault, nothing connected. Null when nothing does.

import { el } from "../shared/dom.js";
import { unlockForm } from "../shared/lock-form.js";

export function gateView({ vault, connections }, { onOpen, openOptions }) {
  if (vault === "locked") return unlockForm(onOpen);
  if (vault === "open" && connections.length > 0) return null;
  return el(
    "div",
    { class: "card" },
    el("p", {}, "No platform is connected yet."),
    el("button", { type: "button", class: "primary", onclick: openOptions }, "Connect one"),
  );
}
