// A labelled input or, with `options`, a choice.

import { el } from "../shared/dom.js";

export function field({ name, label, type = "text", hint, placeholder, options, optional = false }) {
  const id = `field-${name}`;
  const input = options
    ? el("select", { id, name })
    : el("input", { id, name, type, placeholder, autocomplete: "off", spellcheck: "false", autocapitalize: "off" });
  const complaint = el("p", { class: "complaint", id: `${id}-complaint` });
  input.setAttribute("aria-describedby", hint ? `${id}-complaint ${id}-hint` : `${id}-complaint`);
  const offer = (choices) => input.replaceChildren(...choices.map(([value, text]) => el("option", { value }, text)));
  if (options) offer(options);
  return {
    root: el(
      "div",
      { class: "field" },
      el("label", { for: id }, label),
      input,
      complaint,
      hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
    ),
    input,
    offer,
    optional,
    secret: type === "password",
    get value() {
      return input.value;
    },
    set value(value) {
      input.value = value;
    },
    focus: () => input.focus(),
    complain(text) {
      complaint.textContent = text;
      input.setAttribute("aria-invalid", String(text !== ""));
    },
  };
}
