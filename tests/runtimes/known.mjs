// What is known to fail, and why: such a scenario runs all the same, and is reported as something to do.
//
// A line goes when its scenario passes. `runtimes` narrows a line to those whose name begins so.

export const known = [];

/** Why a scenario may fail in a runtime; `undefined` for one that must pass. */
export const excuse = (scenario, runtime) =>
  known.find((line) => line.scenario === scenario && (line.runtimes ?? [""]).some((name) => runtime.startsWith(name)))?.reason;
