// Where annotated requests go.

import { settingsOf } from "./settings.js";

/** The origin's answer: that of the route, or of `ORIGIN` where one is set. A `Response` is an answer already. */
export function forward(request, env) {
  if (request instanceof Response) return request;
  const { origin } = settingsOf(env);
  if (origin === null) return fetch(request);
  const { pathname, search } = new URL(request.url);
  // Member by member: as a relative address a path like `//elsewhere.example` would choose its own host.
  const target = new URL(origin);
  target.pathname = pathname;
  target.search = search;
  return fetch(new Request(target, request));
}
