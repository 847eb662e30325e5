// The stores that come with the package, as those who use them do.
import { createClient } from "ioc-lookup";
import type { TokenStore } from "ioc-lookup";
import { fileStore } from "ioc-lookup/stores/node";

const tokenStore: TokenStore = fileStore({ folder: "/var/cache/tokens" });
await createClient({ platform: "threatq", baseUrl: "https://tq.example", auth: { accessToken: "t" }, tokenStore });
// @ts-expect-error a folder must be named
fileStore({});
