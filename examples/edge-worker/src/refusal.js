// A refused call: a status, and an error of the shape that the element reads (`LookupError.toJSON()`).

import { isLookupError } from "ioc-lookup";
import { logFailure } from "./log.js";

const CATEGORIES = {
  unauthorized: "auth",
  forbidden: "auth",
  rate_limited: "rate",
  request_rejected: "request",
  server_error: "server",
};
const RETRYABLE = new Set(["rate_limited", "server_error"]);

/** Answers must not stay in any cache: they say what an organisation knows. */
export const PRIVATE = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

export class Refusal extends Error {
  constructor(status, code, message, { headers = {}, retryAfterMs } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.retryAfterMs = retryAfterMs;
  }

  toResponse() {
    const { code, message, status, retryAfterMs } = this;
    const category = CATEGORIES[code];
    const error = { name: "LookupError", message, code, category, retryable: RETRYABLE.has(code), retryAfterMs };
    return Response.json({ error }, { status, headers: { ...PRIVATE, ...this.headers } });
  }
}

/** The answer to a call that failed. What the caller did not cause is logged here, and not explained to the caller. */
export function refuse(error, action) {
  if (error instanceof Refusal) return error.toResponse();
  logFailure(action, error);
  const retryable = isLookupError(error) && error.retryable;
  return new Refusal(retryable ? 503 : 500, "server_error", "The look-up server cannot answer.").toResponse();
}
