// The few assertions that scenarios need, in plain JavaScript: a scenario runs where `node:assert` does not.

class AssertionError extends Error {
  constructor(message) {
    super(message);
    this.name = "AssertionError";
  }
}

const show = (value) => {
  if (typeof value === "function") return `function ${value.name}`;
  if (value instanceof Error) return `${value.name}: ${value.message}${value.code ? ` (${value.code})` : ""}`;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
};

const same = (a, b) => {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]));
};

export function fail(message) { throw new AssertionError(message); }

export function ok(value, what = "value") {
  if (!value) fail(`${what}: expected something true, got ${show(value)}`);
}

export function equal(actual, expected, what = "value") {
  if (!Object.is(actual, expected)) fail(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

export function deepEqual(actual, expected, what = "value") {
  if (!same(actual, expected)) fail(`${what}: expected ${show(expected)}, got ${show(actual)}`);
}

/** Every member of `expected` stands in `actual` with that value; a function there is asked. */
export function includes(actual, expected, what = "value") {
  for (const [key, wanted] of Object.entries(expected)) {
    if (typeof wanted === "function") ok(wanted(actual?.[key]), `${what}.${key} (is ${show(actual?.[key])})`);
    else if (!same(actual?.[key], wanted)) fail(`${what}.${key}: expected ${show(wanted)}, got ${show(actual?.[key])} in ${show(actual)}`);
  }
}

export function match(actual, pattern, what = "value") {
  if (!pattern.test(String(actual))) fail(`${what}: expected ${pattern}, got ${show(actual)}`);
}

/** `low <= actual <= high` */
export function between(actual, low, high, what = "value") {
  if (!(actual >= low && actual <= high)) fail(`${what}: expected ${low} to ${high}, got ${show(actual)}`);
}
