// All that the element knows, in one place, and what may be done with it. No DOM.
//
//     text --read--> candidates --lookUp--> run (results, problems) --end--> history
//
// Each change is told through `onChange(part, detail)`. The parts: "candidates", "ticks", "complaint",
// "run" (another one is shown), "progress", "result" (detail: the result), "ended", "problems",
// "problem" (detail: one of them, as well explained as it gets), "history".
// The history lives in memory and ends with the page.

import { answers, connected } from "./ask.js";
import { findIndicators, keyOf, LONGEST_TEXT } from "./find.js";
import { pacer } from "./slices.js";

const LONGEST_HISTORY = 20;

/** Failures that `client.check()` can explain; the others would fail there for the same reason. */
const EXPLAINABLE = new Set(["config", "auth", "protocol", "transport"]);
const NOT_EXPLAINABLE = new Set(["auth_cooldown", "auth_loop", "client_closed"]);

export class Session {
  text = "";
  candidates = [];
  /** Key of the string that says why nothing was looked up, or null. */
  complaint = null;
  /** The look-up that is under way or has ended: `{ total, done, results, problems, ended, cancelled }`. */
  run = null;
  history = [];

  #source;
  #onChange;
  #unticked = new Set();
  #reading = Promise.resolve();
  /** The text could not be read, since the wasm could not be loaded. */
  #unread = false;
  #controller = null;

  /** `source()` gives `{ ask, endpoint, clients, fetch }` of this moment. */
  constructor(source, onChange) {
    this.#source = source;
    this.#onChange = onChange;
  }

  get running() {
    return this.run !== null && !this.run.ended;
  }

  get ticked() {
    return this.candidates.filter((candidate) => candidate.ticked);
  }

  /** Finds the indicators of `text`. Of two readings under way the later one counts. */
  read(text) {
    this.text = text;
    this.#reading = this.#find(text);
    return this.#reading;
  }

  async #find(text) {
    const tooLong = text.length > LONGEST_TEXT;
    const empty = tooLong || text.trim() === "";
    const found = empty ? [] : await findIndicators(text, this.#unticked).catch((error) => this.#loadFailed(error));
    if (text !== this.text) return;
    this.#unread = found === null;
    this.candidates = found ?? [];
    this.#changed("candidates");
    this.#complain(tooLong ? "textTooLong" : null);
  }

  // Without the wasm nothing can be found: the person learns why, instead of seeing an empty list.
  #loadFailed(error) {
    const problem = { name: null, error, check: null };
    this.run = { ...emptyRun(0), ended: true, problems: [problem] };
    this.#changed("run");
    this.#changed("problems");
    this.#changed("problem", problem);
    return null;
  }

  tick(candidates, ticked) {
    for (const candidate of candidates) {
      candidate.ticked = ticked;
      if (ticked) this.#unticked.delete(keyOf(candidate));
      else this.#unticked.add(keyOf(candidate));
    }
    this.#changed("ticks");
  }

  /** Looks the ticked candidates up. Resolves with the results, also of a run that failed or was cancelled. */
  async lookUp() {
    // A failed load is not kept: the next attempt may succeed.
    if (this.#unread) this.read(this.text);
    await this.#reading;
    if (this.#unread) return [];
    const complaint = this.#obstacle();
    this.#complain(complaint);
    if (complaint) return [];
    this.cancel();
    const controller = new AbortController();
    const kinds = new Map(this.ticked.map(({ value, kind }) => [value, kind]));
    const run = emptyRun(kinds.size);
    this.#controller = controller;
    this.run = run;
    this.#changed("run");
    // An `ask` that never settles must not hold the person who has cancelled it.
    await Promise.race([this.#ask(run, kinds, controller.signal), aborted(controller.signal)]);
    if (!run.ended) this.#end(run);
    await this.#explain(run, controller.signal);
    return run.results;
  }

  #obstacle() {
    if (this.complaint === "textTooLong") return "textTooLong";
    if (this.candidates.length === 0) return "nothingFound";
    if (this.ticked.length === 0) return "nothingTicked";
    return connected(this.#source()) ? null : "notConnected";
  }

  async #ask(run, kinds, signal) {
    const progress = (done) => {
      if (signal.aborted) return;
      run.done = Math.min(Math.max(run.done, done), run.total);
      this.#changed("progress");
    };
    // A thousand results may come at once; the page must get its turn between them.
    const pace = pacer();
    try {
      for await (const result of answers([...kinds.keys()], this.#source(), {
        signal,
        onProgress: ({ done }) => progress(done),
      })) {
        if (signal.aborted) return;
        result.kind ??= kinds.get(result.value) ?? null;
        run.results.push(result);
        this.#changed("result", result);
        progress(run.results.length);
        await pace();
      }
    } catch (error) {
      if (!signal.aborted) run.problems.push({ name: null, error, check: null });
    }
  }

  #end(run) {
    run.ended = true;
    run.problems.push(...failedPlatforms(run.results));
    if (run.results.some(answered)) {
      this.history = [{ at: new Date(), text: this.text, run }, ...this.history].slice(0, LONGEST_HISTORY);
      this.#changed("history");
    }
    this.#changed("ended");
    this.#changed("problems");
  }

  // Asks each failed client which of its settings is wrong. One sign-in at most, since a client holds
  // back after a refused one.
  async #explain(run, signal) {
    for (const problem of run.problems) {
      if (signal.aborted) return;
      const client = this.#source().clients.find(({ name }) => name === problem.name);
      if (client && canExplain(problem.error)) {
        problem.check = "running";
        this.#changed("problems");
        problem.check = await client.check({ signal }).catch(() => null);
        if (run === this.run) this.#changed("problems");
      }
      this.#changed("problem", problem);
    }
  }

  /** Ends the look-up under way. What has come so far stays. */
  cancel() {
    this.#controller?.abort();
    this.#controller = null;
    if (!this.running) return;
    this.run.cancelled = true;
    this.#end(this.run);
  }

  /** Empties text and results; the history stays. */
  clear() {
    this.cancel();
    this.run = null;
    this.#unticked.clear();
    this.#changed("run");
    this.#changed("problems");
    return this.read("");
  }

  /** Shows an earlier look-up again, without asking anybody. */
  async restore(entry) {
    this.cancel();
    this.run = entry.run;
    this.#changed("run");
    this.#changed("problems");
    await this.read(entry.text);
  }

  /** Takes a complaint back whose cause is gone. */
  dismiss() {
    this.#complain(null);
  }

  forget() {
    this.history = [];
    this.#changed("history");
  }

  #complain(key) {
    this.complaint = key;
    this.#changed("complaint");
  }

  #changed(part, detail) {
    this.#onChange(part, detail);
  }
}

function answered({ reports }) {
  return reports.length === 0 || reports.some(({ error }) => !error);
}

function emptyRun(total) {
  return { total, done: 0, results: [], problems: [], ended: false, cancelled: false };
}

// One problem for each platform, not one for each of a thousand values.
function failedPlatforms(results) {
  const failed = new Map();
  for (const { name, error } of results.flatMap((result) => result.reports)) {
    if (error && !failed.has(name)) failed.set(name, { name, error, check: null });
  }
  return [...failed.values()];
}

function aborted(signal) {
  return new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

function canExplain(error) {
  return EXPLAINABLE.has(error.category) && !NOT_EXPLAINABLE.has(error.code);
}
