// The field for text, the button that looks up, and what is to be said about the text.

import { el, foreign, show } from "../dom.js";
import { icon } from "../icons.js";
import { LONGEST_TEXT } from "../find.js";

export function inputView({ session, text }) {
  const field = el("textarea", {
    id: "field",
    part: "input",
    rows: 2,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    "aria-describedby": "complaint hint",
    oninput: () => session.read(field.value),
    onkeydown: (event) => {
      if (!asksForLookUp(event, field.value)) return;
      event.preventDefault();
      session.lookUp();
    },
  });
  const words = el("span");
  const button = el(
    "button",
    { type: "button", class: "primary", part: "button look-up", onclick: () => session.running || session.lookUp() },
    icon("search"),
    words,
  );
  const clear = el(
    "button",
    { type: "button", part: "button clear", onclick: () => session.clear().then(() => field.focus()) },
    text("clear"),
  );
  const recognised = el("p", { class: "recognised" });
  const complaint = el("p", { id: "complaint", class: "complaint", part: "complaint" });

  return {
    root: el(
      "div",
      { class: "ask" },
      el("label", { for: "field", part: "label" }, text("inputLabel")),
      field,
      el(
        "div",
        { class: "under" },
        complaint,
        recognised,
        el("p", { id: "hint", class: "hint", part: "hint" }, text("inputHint")),
      ),
      el("div", { class: "actions" }, button, clear),
    ),
    field,

    candidates() {
      if (field.value !== session.text) field.value = session.text;
      const [only, ...others] = session.candidates;
      show(clear, session.text !== "" || session.run !== null);
      recognised.replaceChildren(...(only && others.length === 0 ? sentence(text, only) : []));
      this.ticks();
    },
    ticks() {
      const n = session.ticked.length;
      words.textContent = session.candidates.length > 1 ? text("lookUpMany", { n }) : text("lookUp");
    },
    complaint() {
      complaint.textContent = session.complaint ? text(session.complaint, { n: LONGEST_TEXT }) : "";
      field.setAttribute("aria-invalid", String(session.complaint !== null && session.complaint !== "notConnected"));
    },
    run() {
      button.setAttribute("aria-disabled", String(session.running));
      show(clear, session.text !== "" || session.run !== null);
    },
    ended() {
      this.run();
    },
    /** Takes the focus of a control that goes away. */
    takeFocus() {
      button.focus();
    },
  };
}

// A single line is a question, and Enter asks it. In a longer text Enter is a new line.
function asksForLookUp(event, value) {
  if (event.key !== "Enter" || event.isComposing || event.shiftKey) return false;
  return event.ctrlKey || event.metaKey || !value.includes("\n");
}

function sentence(text, { kind, value, internal }) {
  const [before, after] = text("recognised", { kind: text(`kind.${kind}`), value: "\n" }).split("\n");
  return [before, foreign(value, { class: "value" }), after, internal ? ` (${text("internal")})` : ""];
}
