// The small app that every bundler builds: the package as it is, and the element, which shares its module.
import "ioc-lookup/element";
import { createClient, lookup } from "ioc-lookup";
import { show } from "./show.js";

show(async (config) => {
  const { verdict, score } = await lookup("bad[.]example", [await createClient(config)]);
  return `${verdict} ${score}, element ${customElements.get("ioc-lookup") === undefined ? "missing" : "defined"}`;
});
