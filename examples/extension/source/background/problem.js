// Errors on their way to a page: a code, and what a person may see. Never a stack, never the error itself, which a message
// channel would strip in one browser and refuse in the other.

import { isLookupError } from "../shared/package.js";

export function problemOf(error) {
  if (isLookupError(error)) return typeof error.toJSON === "function" ? error.toJSON() : { ...error };
  return { name: "LookupError", code: typeof error?.code === "string" ? error.code : "internal" };
}
