// How far a look-up is, and the way to stop it.

import { el, show } from "../dom.js";

export function progressView({ session, text, takeFocus }) {
  const bar = el("progress", { "aria-label": text("progressLabel"), part: "progress" });
  const count = el("span", { class: "count" });
  const cancel = el(
    "button",
    { type: "button", part: "button cancel", onclick: () => session.cancel() },
    text("cancel"),
  );
  const root = el("div", { class: "progress", hidden: true }, bar, count, cancel);

  return {
    root,
    run() {
      const { run } = session;
      const focused = root.getRootNode().activeElement === cancel;
      show(root, session.running);
      if (focused && !session.running) takeFocus();
      if (session.running) this.progress();
      // Without a value the bar shows that work goes on, which is all that is known at first.
      if (session.running && run.done === 0) bar.removeAttribute("value");
    },
    progress() {
      const { done, total } = session.run;
      bar.max = total;
      bar.value = done;
      count.textContent = text("progress", { done, n: total });
    },
    ended() {
      this.run();
    },
  };
}
