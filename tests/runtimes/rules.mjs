// Which rules there are, and where those are proven that no scenario can see from outside.

const range = (letter, from, to) => Array.from({ length: to - from + 1 }, (_, at) => `${letter}${from + at}`);

export const rules = [
  ...range("T", 1, 38), ...range("T", 41, 48), ...range("H", 1, 20), ...range("R", 1, 10), ...range("E", 1, 22), ...range("S", 1, 15), ...range("L", 1, 15),
];

/** Rules without a scenario, each with the place of its proof. */
export const elsewhere = {
  H18: "how the sending is written, in src/js; H1 sees its effect",
  S13: "bytes in wasm memory are not visible from outside: unit tests of src/secret.rs",
  S15: "the extension's manifest and its service worker: tests/extension",
};
