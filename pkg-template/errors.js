// The one kind of error that leaves the package.
//
// The core decides code, category, retryable and message, and hands them over as one plain object; only what
// JavaScript alone can notice (before there is a core, or after it trapped) is in the table below.

const CATEGORIES = ["config", "auth", "protocol", "rate", "server", "request", "transport", "control", "input", "internal"];

/** Every field an error may have, in the order of `toJSON()`. What is not named here is not taken over. */
const FIELDS = [
  "code",
  "category",
  "retryable",
  "platform",
  "status",
  "oauthError",
  "oauthErrorDescription",
  "reason",
  "retryAfterMs",
  "attempts",
];

export class LookupError extends Error {
  /**
   * @param facts `code`, `category`, `retryable`, `message`, and of the optional fields those that apply.
   * @param options `cause` is kept for `aborted` alone: there it is the caller's own reason. Other causes come
   *   from below and may hold secrets.
   */
  constructor(facts, options) {
    const keepsCause = facts.code === "aborted" && options !== undefined && "cause" in options;
    super(facts.message, keepsCause ? { cause: options.cause } : undefined);
    for (const field of FIELDS) {
      const value = facts[field];
      if (value !== undefined && value !== null) {
        Object.defineProperty(this, field, { value, enumerable: true, configurable: true });
      }
    }
  }

  toJSON() {
    const json = { name: this.name, message: this.message };
    for (const field of FIELDS) {
      if (this[field] !== undefined) json[field] = this[field];
    }
    return json;
  }
}
// On the prototype, like the names of JavaScript's own errors: a name is not a field.
Object.defineProperty(LookupError.prototype, "name", { value: "LookupError", configurable: true });

/**
 * Recognised by shape, not by class: an error of a second copy of the package, of another realm, or one that
 * travelled as JSON is as good. Unknown codes are accepted, since the other copy may be newer.
 */
export function isLookupError(value) {
  return (
    typeof value === "object" &&
    value !== null &&
    value.name === "LookupError" &&
    typeof value.message === "string" &&
    typeof value.code === "string" &&
    typeof value.retryable === "boolean" &&
    CATEGORIES.includes(value.category)
  );
}

const LOCAL = {
  config_invalid: {
    category: "config",
    retryable: false,
    message: "An option or argument cannot be used; `reason` names it.",
  },
  client_closed: {
    category: "config",
    retryable: false,
    message: "This client was closed; create another.",
  },
  aborted: {
    category: "control",
    retryable: false,
    message: "The call was aborted by its signal.",
  },
  indicator_invalid: {
    category: "input",
    retryable: false,
    message: "Entries must be something to iterate over; each is an object with a value.",
  },
  snapshot_invalid: {
    category: "input",
    retryable: false,
    message: "This watchlist is gone: it was freed, or its memory was lost; open its snapshot again.",
  },
  aql_invalid: {
    category: "input",
    retryable: false,
    message: "This query cannot be sent: a value stands where it cannot be quoted, or cannot be quoted safely.",
  },
  not_initialised: {
    category: "config",
    retryable: false,
    message: "The wasm module is not loaded yet: await init() once before calling a synchronous function.",
  },
  wasm_load_failed: {
    category: "config",
    retryable: true,
    message: "The wasm module could not be loaded: check that the page may compile it ('wasm-unsafe-eval') and that its address is right.",
  },
  internal: {
    category: "internal",
    retryable: false,
    message: "Something impossible happened inside ioc-lookup. The call was given up; the next one starts afresh.",
  },
};

/** An error that JavaScript raises by itself. `reason` is the finer cause, if there is one. */
export function localError(code, reason) {
  return new LookupError({ code, ...LOCAL[code], reason });
}
