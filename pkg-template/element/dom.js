// Builds DOM from data. Text is always set as text: nothing here parses markup, so that a page may
// demand Trusted Types and forbid inline styles.

const SVG = "http://www.w3.org/2000/svg";

/**
 * `el("button", { type: "button", part: "button", onclick: save }, "Save")`.
 *
 * Functions become listeners, `true` an empty attribute; `false`, `null` and `undefined` are left
 * out, as are such children.
 */
export function el(tag, attributes, ...children) {
  return furnish(document.createElement(tag), attributes, children);
}

/** As [el], for drawing. */
export function svg(tag, attributes, ...children) {
  return furnish(document.createElementNS(SVG, tag), attributes, children);
}

function furnish(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

// Control characters, and those that turn the writing direction: `gnp.exe` can be made to read `exe.png`.
const MISLEADING = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text from outside as it is, with what would mislead the eye made visible. */
export function honest(text) {
  return text.replace(MISLEADING, "\ufffd");
}

/** Text that comes from outside, kept apart so that its direction cannot reorder ours. */
export function foreign(text, attributes) {
  return el("bdi", attributes, honest(text));
}

/** Shows or hides without leaving the document: the node keeps its state. */
export function show(node, visible) {
  node.hidden = !visible;
}
