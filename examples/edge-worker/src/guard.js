// What stands before every route for callers: method, site, caller, rate. In this order, from cheap to costly.

import { requireCaller } from "./caller.js";
import { Refusal } from "./refusal.js";

/** Lets a call through, or throws the refusal. */
export async function guard(request, env, methods) {
  if (!methods.includes(request.method)) {
    throw new Refusal(405, "request_rejected", "This method is not known here.", { headers: { Allow: methods.join(", ") } });
  }
  // The session of Access travels by cookie: another site must not be able to ask with it.
  if (["cross-site", "same-site"].includes(request.headers.get("Sec-Fetch-Site"))) {
    throw new Refusal(403, "forbidden", "Pages of other sites may not ask.");
  }
  const caller = await requireCaller(request, env);
  const { success } = await env.CALLS.limit({ key: caller });
  if (!success) {
    throw new Refusal(429, "rate_limited", "Too many calls.", { headers: { "Retry-After": "60" }, retryAfterMs: 60_000 });
  }
}
