// Exit codes. After a signal it is 128 and the number of the signal, as everywhere: 130 after Ctrl-C.

export const DONE = 0;
/** A platform failed, or a connection does not work. What could be answered was printed. */
export const FAILED = 1;
/** The command line, the configuration or a file cannot be used. Nothing was printed. */
export const MISUSED = 2;
/** `--fail-on` found what it was to look for. */
export const FOUND = 3;
/** Nobody reads the output any more: what the signal SIGPIPE would have made of it. */
export const PIPE_CLOSED = 141;

/** For the help. */
export const EXIT_CODES = [
  [DONE, "done"],
  [FAILED, "a platform failed, or a connection does not work; what could be answered was printed"],
  [MISUSED, "the command line, the configuration or a file cannot be used"],
  [FOUND, "--fail-on found a verdict as bad as that"],
  [130, "interrupted (Ctrl-C); 143 after SIGTERM"],
  [PIPE_CLOSED, "nobody reads the output any more"],
];
