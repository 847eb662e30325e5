// Where the language knows `using`.
import { createClient } from "ioc-lookup";

export async function ask(value: string) {
  using client = await createClient({ platform: "threatq", baseUrl: "https://tq.example", auth: { accessToken: "t" } });
  const disposable: Disposable = client;
  return [await client.lookup(value), disposable];
}
