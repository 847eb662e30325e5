// The Worker: what comes in, and whose business it is. Nothing is decided here.
//
//     fetch      /lookup            lookup.js     a look-up at the platforms, for known callers
//                /events            events.js     log events into the queue, for known callers
//                everything else    annotate.js   compared with the watchlist, and on to the origin
//     scheduled                     sync.js       platforms -> watchlist -> storage
//     queue                         enrich.js     log events -> watchlist, platforms -> storage

import { annotated } from "./annotate.js";
import { enrich } from "./enrich.js";
import { acceptEvents } from "./events.js";
import { answerLookup } from "./lookup.js";
import { forward } from "./origin.js";
import { synchronise } from "./sync.js";

export { TokenStoreObject } from "ioc-lookup/stores/durable-object";

export default {
  async fetch(request, env, context) {
    switch (new URL(request.url).pathname) {
      case "/lookup":
        return answerLookup(request, env);
      case "/events":
        return acceptEvents(request, env);
      default:
        // Should even our own catching fail, the request still reaches the origin.
        context.passThroughOnException();
        return forward(await annotated(request, env, context), env);
    }
  },

  scheduled(_controller, env) {
    return synchronise(env);
  },

  queue(batch, env, context) {
    return enrich(batch, env, context);
  },
};
