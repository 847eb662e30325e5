// The icons, drawn on a 16 × 16 grid with the colour of the text around them. They repeat what a
// word beside them says, and are hidden from screen readers. Each verdict has its own outline:
// shape and word carry the meaning, colour only helps.

import { svg } from "./dom.js";

const drawings = {
  malicious: [
    ["path", { d: "M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5z", fill: "currentColor" }],
    ["path", { d: "M5.6 5.6l4.8 4.8m0-4.8l-4.8 4.8", class: "cut" }],
  ],
  suspicious: [
    ["path", { d: "M8 1.8l6.8 12.1H1.2z", fill: "currentColor", stroke: "currentColor", "stroke-linejoin": "round" }],
    ["path", { d: "M8 6.2v3.6m0 2v.1", class: "cut" }],
  ],
  benign: [
    ["circle", { cx: 8, cy: 8, r: 6.7, fill: "currentColor" }],
    ["path", { d: "M5 8.3l2.1 2.1L11 6.2", class: "cut" }],
  ],
  unknown: [
    ["circle", { cx: 8, cy: 8, r: 6.2, class: "stroke", "stroke-dasharray": "2.6 1.7" }],
    ["path", { d: "M6.2 6.4a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.2m0 2v.1", class: "stroke" }],
  ],
  ok: [["path", { d: "M3 8.6l3.2 3.2L13 4.8", class: "stroke" }]],
  failed: [["path", { d: "M4 4l8 8m0-8l-8 8", class: "stroke" }]],
  skipped: [["path", { d: "M4 8h8", class: "stroke" }]],
  outward: [["path", { d: "M9.5 2.5h4v4m0-4L7.8 8.2M6.5 3.5h-3v9h9v-3", class: "stroke" }]],
  copy: [
    ["rect", { x: 5.5, y: 5.5, width: 8, height: 8, rx: 1.5, class: "stroke" }],
    ["path", { d: "M10.5 3.2V3A1.5 1.5 0 0 0 9 1.5H4A1.5 1.5 0 0 0 2.5 3v5A1.5 1.5 0 0 0 4 9.5h.2", class: "stroke" }],
  ],
  save: [["path", { d: "M8 2v8m0 0L4.8 6.8M8 10l3.2-3.2M2.5 13.5h11", class: "stroke" }]],
  search: [
    ["circle", { cx: 7, cy: 7, r: 4.5, class: "stroke" }],
    ["path", { d: "M10.4 10.4l3.6 3.6", class: "stroke" }],
  ],
  more: [["path", { d: "M6 3.5L10.5 8 6 12.5", class: "stroke" }]],
};

/** One of the names above. */
export function icon(name) {
  const shapes = drawings[name].map(([tag, attributes]) => svg(tag, attributes));
  return svg(
    "svg",
    { class: `icon icon-${name}`, viewBox: "0 0 16 16", "aria-hidden": "true", focusable: "false" },
    shapes,
  );
}
