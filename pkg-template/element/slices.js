// Long work in short pieces, so that a thousand rows never hold up typing or scrolling.

/** Milliseconds of work between two frames: half of one at 60 Hz, since rows must be laid out, too. */
const SLICE_MS = 8;

/** Milliseconds after which work goes on without a frame: a hidden tab draws none. */
const NO_FRAME_MS = 250;

/** A function to await between pieces of work: it returns at once until a slice is used up, then after the next frame. */
export function pacer() {
  let begun = performance.now();
  return async () => {
    if (performance.now() - begun < SLICE_MS) return;
    await frame();
    begun = performance.now();
  };
}

/** Calls `work` for every item, paced; stops when `signal` says so. */
export async function inSlices(items, work, signal) {
  const pace = pacer();
  for (const item of items) {
    if (signal.aborted) return;
    work(item);
    await pace();
  }
}

// Resolves when the next frame is on the screen, not before: what runs inside its callback delays it.
function frame() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, NO_FRAME_MS);
  });
}
