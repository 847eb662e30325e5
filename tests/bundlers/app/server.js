// On a server, as one file: nothing beside it is to be found at run time.
import { createClient, lookup } from "ioc-lookup";

async function main() {
  const client = await createClient(JSON.parse(process.env.CONFIG));
  const { verdict, score } = await lookup("bad[.]example", [client]);
  console.log(verdict, score);
}

main();
