/** Puts what `work` makes of the configuration, or the reason why it made nothing, where the test reads it. */
export function show(work) {
  work(globalThis.config).then(
    (text) => {
      document.title = text;
    },
    (error) => {
      document.title = `failed: ${error}`;
    },
  );
}
