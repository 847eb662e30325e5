// Every member of the contract, used as a caller would, with no types but the language's own.
import init, { aql, classify, createClient, defang, extract, isLookupError, lookup, LookupError, lookupStream, refang, version } from "ioc-lookup";
import type {
  Check,
  Client,
  ClientConfig,
  ClientEvent,
  CommonConfig,
  ErrorCategory,
  ErrorCode,
  Fetch,
  Indicator,
  IndicatorKind,
  LookupErrorFacts,
  LookupOptions,
  LookupResult,
  NewThreatQIndicator,
  Page,
  PlatformId,
  Progress,
  QRadar,
  QRadarConfig,
  Report,
  ThreatQ,
  ThreatQConfig,
  ThreatQIndicator,
  Token,
  TokenStore,
  Verdict,
  WasmSource,
  WatchlistEntry,
} from "ioc-lookup";
import * as slim from "ioc-lookup/slim";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>() => {};

// Loading.
const source: WasmSource = new Uint8Array();
await init();
await init(source);
await init(Promise.resolve("/core.wasm"));
await slim.default(new ArrayBuffer(8));
holds<Same<typeof version, string>>();
holds<Same<typeof slim, typeof import("ioc-lookup")>>();

// Configuration: all four ways to authenticate, all options, and members that are undefined on purpose.
const memory = new Map<string, string>();
const tokenStore: TokenStore = {
  get: async (key) => memory.get(key),
  set: async (key, value) => void memory.set(key, value),
  delete: async (key) => void memory.delete(key),
  lock: (_key, run) => run(),
};
const stub: Fetch = async (url, init) => {
  holds<Same<typeof url, string>>();
  holds<Same<typeof init.body, string | undefined>>();
  const authorization: string | null = init.headers.get("authorization");
  return { status: authorization === null ? 401 : 200, headers: { get: () => null }, text: async () => "{}" };
};
const common: CommonConfig = {
  name: "ours",
  fetch: stub,
  tokenStore,
  allowInsecureLoopback: false,
  allowBrowserSecrets: false,
  timeouts: { tokenMs: 1, requestMs: 2, totalMs: 3 },
  retry: { maxRetries: 0, baseMs: 1, maxMs: 2 },
  limits: { tokenBytes: 1, responseBytes: 2, concurrency: 3 },
  onEvent: async (event) => holds<Same<typeof event, ClientEvent>>(),
  now: () => 0,
  sleep: async (ms, signal) => void [ms, signal?.aborted],
  random: () => 0.5,
};
const nothing: CommonConfig = { name: undefined, fetch: undefined, tokenStore: undefined, timeouts: undefined, onEvent: undefined };
const baseUrl = "https://tq.example";
const ways: ThreatQConfig["auth"][] = [
  { grant: "password", email: "a@tq.example", password: "p", clientId: "c" },
  { grant: "client_credentials", clientId: "c", clientSecret: "s" },
  { grant: "refresh_token", refreshToken: "r" },
  { grant: "refresh_token", refreshToken: "r", clientId: "c", clientSecret: "s" },
  { accessToken: "t" },
];
const configs: ClientConfig[] = ways.map((auth) => ({ ...common, ...nothing, platform: "threatq", baseUrl, auth, apiType: "beta" }));
const [config] = configs;
if (config === undefined) throw new Error("there are five");
const qradarWays: QRadarConfig["auth"][] = [
  { grant: "client_credentials", tokenUrl: "https://qr.example/token", clientId: "c", clientSecret: "s", method: "POST" },
  { secToken: "t" },
  { accessToken: "t" },
];
const sets = { referenceSets: ["bad"], setVerdicts: { bad: "malicious" }, ariel: { hours: 24, limit: 10 } } as const;
for (const auth of qradarWays) {
  configs.push({ ...common, platform: "qradar", baseUrl, auth, apiVersion: "26.0", ...sets, referenceSets: [...sets.referenceSets] });
}
const threatq = await createClient({ platform: "threatq", baseUrl, auth: { accessToken: "t" } });
holds<Same<typeof threatq, ThreatQ>>();
const qradar = await createClient({ platform: "qradar", baseUrl, auth: { secToken: "t" } });
holds<Same<typeof qradar, QRadar>>();
const any: Client = await createClient(config);

// What every client can do.
holds<Same<typeof any.platform, PlatformId>>();
holds<Same<typeof threatq.platform, "threatq">>();
holds<Same<typeof any.name, string>>();
const options = { signal: undefined, timeoutMs: 1_000 };
const token: Token = await any.token(options);
holds<Same<typeof token.expiresAt, string | null>>();
await any.forgetToken();
const headers = await any.authorize({ accept: "text/plain" }, options);
const authorization: string | null = headers.get("authorization");
await any.authorize([["accept", "text/plain"]]);
await any.authorize(headers);
const answer = await any.request("/api/indicators", {
  method: "POST",
  headers,
  query: { limit: 1, with: ["sources", "tags"], nothing: undefined },
  json: { a: [1] },
  idempotent: true,
  ...options,
});
await any.request("/api/x", { form: { a: "b" } });
const status: number = answer.status;
const { data } = (await answer.json()) as { data: unknown };
const bytes: ArrayBuffer = await answer.arrayBuffer();
const check: Check = await any.check(options);
const advice: string | undefined = check.steps.find((step) => step.status === "failed")?.advice;
const one = await any.lookup("bad[.]example", { kind: "domain", thresholds: { malicious: 80 } });
holds<Same<typeof one, Report>>();
const many = await any.lookup(["bad[.]example", "203.0.113.9"], options);
holds<Same<typeof many, Report[]>>();
const message: string | undefined = one.error?.message;
for await (const page of any.indicatorFeed({ kinds: ["ipv4"], minScore: 70, updatedSince: token.expiresAt ?? undefined, pageSize: 10 })) {
  holds<Same<typeof page, WatchlistEntry[]>>();
}
any.close();

// What all platforms know.
const lookupOptions: LookupOptions = { cacheMs: 0, onProgress: ({ done }) => void done, thresholds: undefined, ...options };
const result = await lookup("bad[.]example", [any, threatq], lookupOptions);
holds<Same<typeof result, LookupResult>>();
const results = await lookup(["bad[.]example"], [threatq]);
holds<Same<typeof results, LookupResult[]>>();
for await (const next of lookupStream(new Set(["bad.example"]), [threatq], lookupOptions)) {
  holds<Same<typeof next, LookupResult>>();
}
export const worst: Verdict[] = results.map(({ verdict }) => verdict);

// What ThreatQ can do.
const { indicators, events, imports } = threatq;
const list = await indicators.list({ value: "bad%", typeId: 1, statusId: 2, limit: 5, sort: "-id", with: ["score", "tags"], class: "network" });
holds<Same<typeof list, Page<ThreatQIndicator>>>();
for await (const indicator of indicators.iterate({ limit: 100 }, { onProgress: ({ done, total }: Progress) => void [done, total] })) {
  const id: number = indicator.id;
  const column: unknown = indicator["published_at"];
}
const record = await indicators.get(1, { with: ["adversaries"] }, options);
const query = await indicators.query({ criteria: {}, filters: { score: { "+gte": 7 } }, fields: ["value"] }, { limit: 1, cursor: "*" });
holds<Same<typeof query.nextCursor, string | undefined>>();
const novelty: NewThreatQIndicator = {
  value: "bad.example",
  type: "FQDN",
  status: "Active",
  description: undefined,
  sources: [{ name: "us", tlp: "AMBER", publishedAt: "2026-02-14T07:00:00Z" }],
  attributes: [{ name: "a", value: "b" }],
  tags: ["t"],
};
const [created] = await indicators.create([novelty]);
holds<Same<NonNullable<typeof created>["existing"], boolean | undefined>>();
await indicators.create(novelty, options);
await indicators.update(1, { status: "Expired" });
await indicators.setScore(1, 7.5);
await indicators.setScore(1, null, options);
await indicators.delete(1);
await indicators.addAttributes(1, [{ name: "a", value: "b" }]);
await indicators.addSources(1, [{ name: "us" }]);
await indicators.addTags(1, ["t"]);
await indicators.addComment(1, "seen");
const names: string[] = [...(await indicators.types()), ...(await indicators.statuses())].map(({ name }) => name);
const happened = await events.list({ limit: 1, with: ["sources"] });
await events.create({ title: "t", type: "Incident", happenedAt: "2026-02-14T07:00:00Z", description: "d", sources: [{ name: "us" }] });
await events.import([{ title: "t" }]);
const parsed = await imports.create({ text: "bad[.]example", source: "us", normalize: true, contentTypeId: 1, status: "Review" });
const found: ThreatQIndicator[] = await imports.indicators(parsed.id);
await imports.commit(parsed.id);
await imports.delete(parsed.id);
const objects = await threatq.search("apt", { limit: 3 });

// What QRadar can do.
const rows = await qradar.ariel.search(aql`SELECT sourceip FROM events WHERE username = ${"o'hara"} LIMIT ${5} LAST 1 HOURS`, {
  maxRows: 5,
  onProgress: ({ done, total }: Progress) => void [done, total],
  ...options,
});
const cell: unknown = rows[0]?.["sourceip"];
const databases: string[] = await qradar.ariel.databases();
const setNames: unknown[] = (await qradar.referenceSets.list(options)).map((set) => set["name"]);
const there: boolean[] = await qradar.referenceSets.contains("bad", ["203.0.113.9"]);
await qradar.referenceSets.add("bad", ["203.0.113.9"], options);
await qradar.referenceSets.remove("bad", ["203.0.113.9"]);
const offenseIds: unknown[] = (await qradar.offenses(["203.0.113.9"])).map((offense) => offense["id"]);

// Detection.
const inText: Indicator[] = extract("203.0.113[.]9", { kinds: ["ipv4"], includeLow: true, includeSpecial: false, unique: true });
const read = classify("bad[.]example");
const kind: IndicatorKind | undefined = read?.kind;
const texts: string[] = [refang("bad[.]example"), defang("bad.example")];
const verdicts: Record<Verdict, number> = { malicious: 0, suspicious: 0, benign: 0, unknown: 0 };

// Errors.
try {
  await any.token();
} catch (error) {
  if (!isLookupError(error)) throw error;
  const { code, category, retryable, platform, status, oauthError, oauthErrorDescription, reason, retryAfterMs, attempts } = error;
  holds<Same<typeof code, ErrorCode>>();
  holds<Same<typeof category, ErrorCategory>>();
  holds<Same<typeof error.name, "LookupError">>();
  const facts: LookupErrorFacts = error.toJSON();
  const again: Error = new LookupError(facts, { cause: error });
  if (error.code === "rate_limited" && error.retryAfterMs !== undefined) setLater(error.retryAfterMs);
}
declare function setLater(ms: number): void;
