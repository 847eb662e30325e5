import type { TokenStore } from "../index.js";

/**
 * Keeps tokens in files of `folder` (mode 0600, written atomically), shared by all processes of one user.
 *
 * ```js
 * import { fileStore } from "ioc-lookup/stores/node";
 * const client = await createClient({ ...config, tokenStore: fileStore({ folder: join(homedir(), ".cache", "ioc-lookup") }) });
 * ```
 *
 * `lock` lets one process renew while the others wait for its token. Put the folder on a local file system.
 */
export function fileStore(options: { folder: string }): Required<TokenStore>;
