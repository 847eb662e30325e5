// What the person and the next program of a pipe get to see: results on standard output, all else on standard error.
//
// - Progress is one line that is written over, and only where standard error is a terminal.
// - Colours only where standard output is one, and neither NO_COLOR nor TERM=dumb says otherwise.
// - A write resolves once it is out of our hands, so a slow reader slows us down, and one that has gone rejects.

const CLEAR_LINE = "\r\u001b[K";
const PROGRESS_EVERY_MS = 100;

const COLOURS = { malicious: "1;31", suspicious: "33", benign: "32", failed: "31", ok: "32", unknown: "2", skipped: "2" };

export class Terminal {
  #out = process.stdout;
  #err = process.stderr;
  #colours = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  #shows = Boolean(process.stderr.isTTY);
  #quiet = false;
  #shown = false;
  #toldAt = -Infinity;

  constructor() {
    // A failed write is told by its own promise; without a listener it would also end the process.
    this.#out.on("error", () => {});
    this.#err.on("error", () => {});
  }

  /** Nothing but errors from now on. */
  silence() {
    this.#quiet = true;
  }

  write(text) {
    this.progress(null);
    return new Promise((resolve, reject) => {
      this.#out.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Is the output for a person? */
  /** One line for the person, after the name of this program. */
  warn(sentence) {
    this.progress(null);
    this.#err.write(`ioc-lookup: ${printable(sentence)}\n`);
  }

  /** The same, of what went well. */
  tell(sentence) {
    if (!this.#quiet) this.warn(sentence);
  }

  /** Shows how far the work is; null takes the line away. */
  progress(state, { done, total } = {}) {
    if (state === null) {
      if (this.#shown) this.#err.write(CLEAR_LINE);
      this.#shown = false;
      return;
    }
    const now = performance.now();
    if (this.#quiet || !this.#shows || now - this.#toldAt < PROGRESS_EVERY_MS) return;
    this.#toldAt = now;
    this.#shown = true;
    this.#err.write(`${CLEAR_LINE}${state}: ${total ? `${done} of ${total}` : done}`);
  }

  /** `text`, in the colour of the verdict or status `word`. */
  colour(word, text = word) {
    const colour = COLOURS[word];
    return this.#colours && colour !== undefined ? `\u001b[${colour}m${text}\u001b[0m` : text;
  }
}

/** Texts of platforms and files go to a terminal, which must not take orders from them. */
export function printable(text) {
  return String(text).replace(/\p{C}+/gu, " ");
}
