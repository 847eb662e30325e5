// The same with the wasm as a file: the bundler is asked for its address, in the way that each of them understands.
import init, { createClient, lookup } from "ioc-lookup/slim";
import { show } from "./show.js";
import { address } from "./address.js";

show(async (config) => {
  await init(address);
  const { verdict, score } = await lookup("bad[.]example", [await createClient(config)]);
  return `${verdict} ${score}`;
});
