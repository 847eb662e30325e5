// Work on a text that is longer than memory: window by window, as if it were one.
//
// Windows end at line ends: no indicator goes over one, and what speaks for or against an indicator stands in its own line.
// A line that does not end within LONGEST units is cut anywhere, and then
// - a window begins CONTEXT units before the place from which on it counts, so that what is found there is judged by what
//   stands before it;
// - what begins in the last TAIL units of a window is left to the next one, which sees all of it.
// So an indicator may be TAIL units long in such a line, and as long as it likes in any other.

const LONGEST = 1 << 20;
const TAIL = 1 << 16;
const CONTEXT = 1 << 10;

/**
 * Finds in a text that comes in pieces.
 *
 * @param find for a text, the list of what is in it, in order, each with `start` and `end`.
 * @returns for each window what was found, `start` and `end` counted from the beginning of the whole.
 */
export async function* findIn(texts, find) {
  /** What is not done yet, after up to CONTEXT units that are. */
  let held = "";
  /** Where in `held` begins what is not done. */
  let from = 0;
  /** Where in the whole `held` begins. */
  let base = 0;
  const within = (text, to) => {
    const found = find(text).filter(({ start }) => start >= from && start < to);
    return found.map((one) => ({ ...one, start: base + one.start, end: base + one.end }));
  };
  const keepFrom = (position, context) => {
    const kept = Math.max(0, position - context);
    held = held.slice(kept);
    base += kept;
    from = position - kept;
  };
  for await (const text of texts) {
    held += text;
    const line = held.lastIndexOf("\n") + 1;
    if (line > from) {
      yield within(held.slice(0, line), line);
      keepFrom(line, 0);
    }
    while (held.length - from > LONGEST) {
      const to = held.length - TAIL;
      const found = within(held, to);
      yield found;
      keepFrom(Math.max(to, (found.at(-1)?.end ?? 0) - base), CONTEXT);
    }
  }
  yield within(held, held.length);
}

/** The same text in pieces that end at line ends; in a line longer than LONGEST at a blank, if there is one. */
export async function* wholeLines(texts) {
  let held = "";
  for await (const text of texts) {
    held += text;
    let end = held.lastIndexOf("\n") + 1;
    if (end === 0 && held.length > LONGEST) end = held.lastIndexOf(" ") + 1 || held.length;
    if (end === 0) continue;
    yield held.slice(0, end);
    held = held.slice(end);
  }
  if (held !== "") yield held;
}
