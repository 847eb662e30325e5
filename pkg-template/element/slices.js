// Long work in short pieces, so that a thousand rows never hold up typing or scrolling.

/** Milliseconds of work between two looks at the event queue: half a frame at 60 Hz. */
const SLICE_MS = 8;

/** Calls `work` for every item; gives the page its turn in between, and stops when `signal` says so. */
export async function inSlices(items, work, signal) {
  let begun = performance.now();
  for (const item of items) {
    if (signal?.aborted) return;
    work(item);
    if (performance.now() - begun < SLICE_MS) continue;
    await turn();
    begun = performance.now();
  }
}

// Not requestAnimationFrame: it stands still in a hidden tab, and so would the look-up.
function turn() {
  return new Promise((resolve) => setTimeout(resolve));
}
