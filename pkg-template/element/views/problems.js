// What went wrong, what to do about it, and which step of the connection failed.

import { el, show } from "../dom.js";
import { icon } from "../icons.js";
import { describe } from "../problem.js";

export function problemsView({ session, text }) {
  const list = el("div", { class: "problem-list" });
  const again = el(
    "button",
    { type: "button", part: "button try-again", onclick: () => session.lookUp() },
    text("tryAgain"),
  );
  const root = el(
    "div",
    { class: "problems", part: "problems", hidden: true },
    list,
    el("div", { class: "actions" }, again),
  );

  return {
    root,
    run() {
      show(root, false);
    },
    problems() {
      const problems = session.run?.problems ?? [];
      show(root, problems.length > 0);
      list.replaceChildren(...problems.map((problem) => article(problem, text)));
    },
  };
}

function article(problem, text) {
  const { title, advice, steps, details } = describe(problem, text);
  return el(
    "article",
    { class: "problem", part: "problem" },
    el("p", { class: "problem-title" }, icon("suspicious"), title),
    el("p", { class: "advice", part: "advice" }, problem.check === "running" ? text("checking") : advice),
    steps.length > 0 &&
      el(
        "ol",
        { class: "steps", part: "steps" },
        steps.map((step) => stepOf(step, text)),
      ),
    details.map((detail) => el("p", { class: "hint" }, detail)),
  );
}

function stepOf({ step, status }, text) {
  return el(
    "li",
    { class: `step step-${status}`, "aria-current": status === "failed" && "step" },
    icon(status in { ok: 1, failed: 1 } ? status : "skipped"),
    el("span", {}, text(`step.${step}`)),
    el("span", { class: "muted" }, text(`stepStatus.${status}`)),
  );
}
