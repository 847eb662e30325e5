// Indicators in JavaScript's own strings: offsets are UTF-16 units, and half of a surrogate pair is a unit like any other.

import assert from "node:assert/strict";
import { test } from "node:test";

import { entry } from "../support/project.mjs";

const { classify, extract } = await import(entry());

/** What precedes and follows an indicator. */
const SURROUNDINGS = [
  "",
  // A pair: one character, two units, four bytes.
  "\u{1f600} ",
  // Halves, alone, doubled and in the wrong order.
  "\ud83d ",
  "\ude00 ",
  "\ude00\ud83d ",
  "\ud83d\ud83d\ude00 ",
  // Two and three bytes of UTF-8 in one unit each.
  "é€ ",
];
const reversed = (text) => text.split("").reverse().join("");

test("an indicator has the members of the contract, in their order", () => {
  const expected = [
    { kind: "url", value: "http://bad.example/a", raw: "hxxp://bad[.]example/a", start: 4, end: 26, defanged: true, confidence: "high", special: true },
  ];
  const found = extract("see hxxp://bad[.]example/a");
  assert.deepEqual(found, expected);
  assert.equal(JSON.stringify(found), JSON.stringify(expected));
  assert.deepEqual(extract("nothing of note"), []);
  assert.deepEqual(classify("203.0.113[.]7"), { kind: "ipv4", value: "203.0.113.7", special: true });
  assert.deepEqual(classify("198.51.100.7"), { kind: "ipv4", value: "198.51.100.7", special: true });
  assert.equal(classify("no indicator"), null);
});

test("an unknown kind is an error that says which option", () => {
  assert.throws(() => extract("a", { kinds: ["ipv5"] }), { name: "LookupError", code: "config_invalid", reason: "kinds" });
});

test("offsets cut the indicator out of the caller's own string, whatever stands around it", () => {
  for (const before of SURROUNDINGS) {
    for (const after of SURROUNDINGS.map(reversed)) {
      const text = `${before}evil-bücher[.]com${after}`;
      const found = extract(text);
      assert.equal(found.length, 1, JSON.stringify(text));
      const [{ raw, start, end, value }] = found;
      assert.deepEqual([raw, start, end], ["evil-bücher[.]com", before.length, text.length - after.length]);
      assert.equal(value, new URL("http://evil-bücher.com").hostname);
    }
  }
});

test("half of a pair inside a name ends the name", () => {
  const values = extract("bad.exa\ud83dmple.com 198.51.100.7").map(({ value }) => value);
  assert.ok(values.every((value) => /^[ -~]+$/.test(value)), values.join());
  assert.equal(values.at(-1), "198.51.100.7");
});

test("texts of every length are read whole: written unit by unit, at once, and in a room of their own", () => {
  const indicator = "198.51.100.7";
  for (const filler of ["x ", "é ", "€ ", "\u{1f600} ", "\ud83d "]) {
    for (const length of [0, 1, 50, 127, 128, 129, 5_000, 21_840, 21_846, 70_000, 400_000]) {
      const before = filler.repeat(length).slice(0, length - 1) + (length > 0 ? " " : "");
      const found = extract(`${before}${indicator} ${before}${indicator}`);
      assert.deepEqual(found.map(({ raw }) => raw), [indicator, indicator], `${JSON.stringify(filler)} × ${length}`);
      assert.deepEqual(found.map(({ start }) => start), [before.length, before.length * 2 + indicator.length + 1]);
    }
  }
});

test("many indicators, more than are kept, are all there, and the next text is not disturbed", () => {
  const values = Array.from({ length: 20_000 }, (_, index) => `host-${index}.example[.]com`);
  const found = extract(values.join("\n"));
  assert.deepEqual(found.map(({ raw }) => raw), values);
  assert.deepEqual(found.map(({ value }) => value), values.map((value) => value.replace("[.]", ".")));
  assert.deepEqual(extract("198.51.100.7").map(({ value }) => value), ["198.51.100.7"]);
});
