// What a screen reader hears: how many indicators were found, the quarters of a look-up, its outcome,
// and what failed. Everything said here also stands on the page.

import { el } from "../dom.js";
import { LONGEST_TEXT } from "../find.js";
import { describe } from "../problem.js";
import { VERDICTS } from "../result.js";

export function announcer({ session, text }) {
  const polite = el("p", { role: "status" });
  const urgent = el("p", { role: "alert" });
  let found = 0;
  let quarter = 0;

  const say = (words) => {
    polite.textContent = words;
  };

  return {
    root: el("div", { class: "spoken" }, polite, urgent),
    say,
    candidates() {
      const n = session.candidates.length;
      if (n !== found && n > 1) say(text("found", { n }));
      found = n;
    },
    complaint() {
      urgent.textContent = session.complaint ? text(session.complaint, { n: LONGEST_TEXT }) : "";
    },
    run() {
      quarter = 0;
      urgent.textContent = "";
      if (session.running) say(text("starting", { n: session.run.total }));
      else if (session.run) this.ended();
    },
    progress() {
      const { done, total } = session.run;
      const reached = Math.floor((done / total) * 4);
      if (reached > quarter && reached < 4) say(text("progress", { done, n: total }));
      quarter = reached;
    },
    ended() {
      say(outcome(session.run, text));
    },
    problem(problem) {
      const { title, advice } = describe(problem, text);
      urgent.textContent = `${title}. ${advice}`;
    },
  };
}

function outcome({ results, total, done, cancelled }, text) {
  if (cancelled) return text("cancelled", { done, n: total });
  if (results.length === 0) return "";
  if (results.length === 1) return single(results[0], text);
  const counts = VERDICTS.map((verdict) => ({
    n: results.filter((result) => result.verdict === verdict).length,
    verdict: text(`verdict.${verdict}`),
  }));
  const parts = counts.filter(({ n }) => n > 0).map((count) => text("count", count));
  return `${text("finished", { n: results.length })} ${parts.join(text("listSeparator"))}`;
}

function single({ value, verdict, score, reports }, text) {
  const names = (wanted) =>
    reports
      .filter(wanted)
      .map(({ name }) => name)
      .join(text("listSeparator"));
  const known = names(({ found }) => found);
  const failed = names(({ error }) => error);
  const platforms = [
    known ? text("knownTo", { names: known }) : !failed && text("knownToNone"),
    failed && text("failedAt", { names: failed }),
  ]
    .filter(Boolean)
    .join(" ");
  return text("spoken", {
    value,
    platforms,
    verdict: text(`verdict.${verdict}`),
    score: score === null ? "" : text("spokenScore", { score }),
  });
}
