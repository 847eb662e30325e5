// A list of which the first few are shown and the rest on request: a platform may send thousands.

import { el } from "../dom.js";

/** Appends a node per item to `list`; returns the button that shows more, or null. */
export function capped(list, items, limit, nodeOf, text) {
  list.append(...items.slice(0, limit).map(nodeOf));
  const rest = items.slice(limit);
  if (rest.length === 0) return null;
  const button = el(
    "button",
    {
      type: "button",
      class: "quiet",
      part: "button more",
      onclick: () => {
        const first = list.children.length;
        const more = capped(list, rest, limit * 10, nodeOf, text);
        button.replaceWith(...(more ? [more] : []));
        // The button is gone; the reader goes on where the new lines begin.
        const next = list.children[first];
        next.tabIndex = -1;
        next.focus();
      },
    },
    text("more", { n: rest.length }),
  );
  return button;
}
