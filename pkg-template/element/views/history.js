// Earlier look-ups of this page, to show again. In memory only.

import { el, foreign, show } from "../dom.js";
import { icon } from "../icons.js";
import { VERDICTS } from "../result.js";
import { verdictSign } from "./verdict.js";

export function historyView({ session, text }) {
  const title = el("span");
  const list = el("ol", { class: "entries", role: "list" });
  const forget = el(
    "button",
    { type: "button", class: "quiet", part: "button forget", onclick: () => session.forget() },
    text("clearHistory"),
  );
  const root = el(
    "details",
    { class: "history", part: "history", hidden: true },
    el("summary", {}, icon("more"), title),
    list,
    el("div", { class: "bar" }, el("p", { class: "hint" }, text("historyNote")), forget),
  );

  return {
    root,
    history() {
      show(root, session.history.length > 0);
      title.textContent = text("history", { n: session.history.length });
      list.replaceChildren(...session.history.map((entry) => row(entry, session, text)));
    },
  };
}

function row(entry, session, text) {
  const { results } = entry.run;
  const worst = VERDICTS.find((verdict) => results.some((result) => result.verdict === verdict));
  const words = text("historyEntry", { first: results[0].value, n: results.length });
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", part: "button entry", onclick: () => session.restore(entry) },
      el("time", { datetime: entry.at.toISOString() }, text.time(entry.at)),
      foreign(words, { class: "value" }),
      verdictSign(worst, text),
    ),
  );
}
