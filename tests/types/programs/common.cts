// A CommonJS program: the package is an ES module, so it is imported with `import()`.
import type { ThreatQ } from "ioc-lookup" with { "resolution-mode": "import" };

export = async function connect(accessToken: string): Promise<ThreatQ> {
  const { createClient } = await import("ioc-lookup");
  return createClient({ platform: "threatq", baseUrl: "https://tq.example", auth: { accessToken } });
};
