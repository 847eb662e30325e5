// What is known to fail, and why: such a scenario runs all the same, and is reported as something to do.
//
// A line goes when its scenario passes. `runtimes` narrows a line to those whose name begins so.

export const known = [
  {
    scenario: "H13 at most `concurrency` API requests are on the wire, in the order of the calls",
    runtimes: ["workerd"],
    reason: "where the queue looks for itself every 10 ms, calls let in together start in any order",
  },
  ...[
    "T14 a password is sent once per flight, whatever happens to it",
    "T26 a refresh lost on the way goes on with the password",
    "R1 R3 network failures and timeouts of an attempt are retried",
    "E1 every public function rejects with ours, whatever it is given",
    "H4 slow headers and slow bodies end with the attempt's timer, on the wire too",
    "H4 a body that stops in the middle ends with the attempt's timer",
    "H11 refused, cut and short answers are network errors with their phase",
    "H12 an abort is answered within 50 ms, at every phase",
    "H17 an early hint before the answer is passed over",
  ].map((scenario) => ({
    scenario,
    runtimes: ["workerd 2024-01-01"],
    reason: "this date reports rejections as unhandled before their handlers are attached",
  })),
];

/** Why a scenario may fail in a runtime; `undefined` for one that must pass. */
export const excuse = (scenario, runtime) =>
  known.find((line) => line.scenario === scenario && (line.runtimes ?? [""]).some((name) => runtime.startsWith(name)))?.reason;
