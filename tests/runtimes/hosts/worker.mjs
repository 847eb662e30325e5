// workerd's side: an answer per request. `PACKAGE_ENTRY` is replaced by the runner, because a Worker has no resolver.

import { importEffects } from "./tests/instruments.mjs";
import * as ioc from "PACKAGE_ENTRY";
import { makeAgent } from "./tests/agent.mjs";

const agent = makeAgent({ ioc, runtime: "workerd", imported: importEffects() });

const verbs = {
  begin: ({ job }) => agent.begin(job),
  call: ({ id, caller }) => agent.call(id, caller),
  finish: ({ id }) => agent.finish(id),
  whole: ({ job }) => agent.whole(job),
};

export default {
  async fetch(request) {
    const verb = new URL(request.url).pathname.slice(1);
    try {
      return Response.json((await verbs[verb](await request.json())) ?? null);
    } catch (error) {
      return Response.json({ ms: 0, swept: 0, failures: [String(error?.stack ?? error)] });
    }
  },
};
