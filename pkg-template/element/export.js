// Out of the page: into the clipboard, into a file.

import { el } from "./dom.js";

/** Resolves with whether the text is in the clipboard now. */
export async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    return copyBySelection(words);
  }
}

// Without a secure context (a console on http in the office network) there is no clipboard object, and
// the old command is the only way.
function copyBySelection(words) {
  const field = el("textarea", { readonly: true, "aria-hidden": "true", tabindex: "-1" });
  field.value = words;
  field.style.setProperty("position", "fixed");
  field.style.setProperty("opacity", "0");
  const before = deepFocus();
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  before?.focus();
  return done;
}

function deepFocus() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}

/** Saves `content` as a download; returns the name of the file, with the time in it. */
export function save(extension, type, content) {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const file = `ioc-lookup-${stamp}.${extension}`;
  const href = URL.createObjectURL(new Blob([content], { type }));
  el("a", { href, download: file }).click();
  // The download has its own hold on the data once it has begun, which is after this task.
  setTimeout(() => URL.revokeObjectURL(href), 1_000);
  return file;
}
