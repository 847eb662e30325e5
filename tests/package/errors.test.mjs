// The one kind of error, as a caller meets it.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import vm from "node:vm";
import { packaged } from "../support/project.mjs";

const { LookupError, isLookupError, localError } = await import(pathToFileURL(packaged("errors.js")));

const RATE_LIMITED = {
  code: "rate_limited",
  category: "rate",
  retryable: true,
  message: "ThreatQ asked us to slow down.",
  platform: "threatq",
  status: 429,
  retryAfterMs: 2000,
  attempts: 3,
};

test("a field is there when it is set, and only then", () => {
  const { message, ...fields } = RATE_LIMITED;
  const error = new LookupError({ ...RATE_LIMITED, reason: undefined, oauthError: null });
  assert.deepEqual({ ...error }, fields);
  assert.equal(error.message, message);
  assert.equal("reason" in error || "oauthError" in error, false);
});

test("an error is an Error, and says its name and message", () => {
  const error = new LookupError(RATE_LIMITED);
  assert.ok(error instanceof Error);
  assert.equal(String(error), "LookupError: ThreatQ asked us to slow down.");
});

test("a field cannot be changed", () => {
  const error = new LookupError(RATE_LIMITED);
  assert.throws(() => {
    error.code = "network";
  }, TypeError);
});

test("S8 what is not a field of an error is not taken over", () => {
  const error = new LookupError({ ...RATE_LIMITED, password: "s3cret" });
  assert.doesNotMatch(JSON.stringify(error) + JSON.stringify({ ...error }), /s3cret/);
});

test("E1 toJSON() gives name, message and the set fields, nothing else", () => {
  const error = new LookupError({ ...RATE_LIMITED, code: "aborted" }, { cause: "s3cret" });
  assert.deepEqual(JSON.parse(JSON.stringify(error)), { name: "LookupError", ...RATE_LIMITED, code: "aborted" });
});

test("E3 a cause is kept for aborted alone", () => {
  const reason = { why: "the user left" };
  const aborted = new LookupError({ ...RATE_LIMITED, code: "aborted" }, { cause: reason });
  assert.equal(aborted.cause, reason);
  assert.equal("cause" in new LookupError(RATE_LIMITED, { cause: reason }), false);
  assert.equal("cause" in new LookupError({ ...RATE_LIMITED, code: "aborted" }), false);
});

test("E3 a cause of undefined is a cause", () => {
  assert.ok("cause" in new LookupError({ ...RATE_LIMITED, code: "aborted" }, { cause: undefined }));
});

test("E1 isLookupError accepts a parsed copy, another realm and a second copy of the package", () => {
  const error = new LookupError(RATE_LIMITED);
  const text = JSON.stringify(error);
  class LookupErrorOfAnotherCopy extends Error {
    name = "LookupError";
    code = "a_code_of_tomorrow";
    category = "server";
    retryable = false;
  }
  assert.ok(isLookupError(error));
  assert.ok(isLookupError(JSON.parse(text)));
  assert.ok(isLookupError(vm.runInNewContext(`JSON.parse(text)`, { text })));
  assert.ok(isLookupError(new LookupErrorOfAnotherCopy("made elsewhere")));
});

test("isLookupError refuses everything else", () => {
  const copy = JSON.parse(JSON.stringify(new LookupError(RATE_LIMITED)));
  const others = [
    undefined,
    null,
    "LookupError",
    new Error("LookupError"),
    Object.assign(new Error("refused"), { code: "ECONNREFUSED" }),
    {},
    { ...copy, name: "Error" },
    { ...copy, category: "weather" },
    { ...copy, retryable: "yes" },
    { ...copy, code: 429 },
  ];
  for (const value of others) assert.equal(isLookupError(value), false, String(value));
});

test("E7, E18 the errors that JavaScript raises by itself have the category and retryability of the rules", () => {
  const facts = ["not_initialised", "wasm_load_failed", "internal"].map((code) => {
    const { category, retryable, message } = localError(code);
    assert.match(message, /\w{3,}.*[.]$/);
    return [code, category, retryable];
  });
  assert.deepEqual(facts, [
    ["not_initialised", "config", false],
    ["wasm_load_failed", "config", true],
    ["internal", "internal", false],
  ]);
});
