// What must not compile. An expected error that does not come is an error.
import init, { aql, classify, createClient, extract, lookup, LookupError, lookupStream } from "ioc-lookup";
import type { ClientEvent, ErrorCode, Report, ThreatQ, TokenStore } from "ioc-lookup";

const baseUrl = "https://tq.example";
const auth = { accessToken: "t" };

// @ts-expect-error a platform that does not exist
createClient({ platform: "misp", baseUrl, auth });
// @ts-expect-error no base URL
createClient({ platform: "threatq", auth });
// @ts-expect-error no credentials
createClient({ platform: "threatq", baseUrl });
// @ts-expect-error a password without an account
createClient({ platform: "threatq", baseUrl, auth: { grant: "password", password: "p", clientId: "c" } });
// @ts-expect-error a grant that does not exist
createClient({ platform: "threatq", baseUrl, auth: { grant: "implicit", clientId: "c" } });
// @ts-expect-error a misspelt option
createClient({ platform: "threatq", baseUrl, auth, timeout: 5 });
// @ts-expect-error a time as text
createClient({ platform: "threatq", baseUrl, auth, timeouts: { totalMs: "5s" } });
// @ts-expect-error a fetch that returns nothing
createClient({ platform: "threatq", baseUrl, auth, fetch: async () => {} });

// @ts-expect-error a token request without a token URL
createClient({ platform: "qradar", baseUrl, auth: { grant: "client_credentials", clientId: "c", clientSecret: "s" } });
// @ts-expect-error a verdict that does not exist
createClient({ platform: "qradar", baseUrl, auth: { secToken: "t" }, setVerdicts: { bad: "evil" } });
// @ts-expect-error a value that has no form in a query
aql`x = ${null}`;
// @ts-expect-error no template
aql("x = 1");

// @ts-expect-error a number is no module
init(7);

declare const client: ThreatQ;
// @ts-expect-error read-only
client.name = "other";
// @ts-expect-error a number is no indicator
client.lookup(7);
// @ts-expect-error many values bring many reports
const report: Promise<Report> = client.lookup(["a", "b"]);
// @ts-expect-error a kind that does not exist
client.lookup("a", { kind: "hash" });
// @ts-expect-error a signal is not a flag
client.token({ signal: true });
// @ts-expect-error nobody to ask
lookup("bad.example");
// @ts-expect-error clients, not configurations
lookup("bad.example", [{ platform: "threatq", baseUrl, auth }]);
// @ts-expect-error a time is a number
lookup("bad.example", [client], { cacheMs: "5m" });
// @ts-expect-error numbers are no indicators
lookupStream([1, 2], [client]);
// @ts-expect-error a path is a text
client.request(new Date());
// @ts-expect-error not iterable without await
for (const page of client.indicatorFeed()) void page;
// @ts-expect-error a score is a number, or null
client.indicators.setScore(1, "7");
// @ts-expect-error an id is a number
client.indicators.get("1");
// @ts-expect-error a part that ThreatQ does not have
client.indicators.list({ with: ["everything"] });
// @ts-expect-error an indicator has a type
client.indicators.create({ value: "bad.example" });
// @ts-expect-error an import has a source
client.imports.create({ text: "bad.example" });
// @ts-expect-error a store can delete
const store: TokenStore = { get: async () => null, set: async () => {} };
// @ts-expect-error null is an answer
classify("bad.example").kind;
// @ts-expect-error bytes are no text
extract(new Uint8Array());
// @ts-expect-error a code that does not exist
const code: ErrorCode = "teapot";
// @ts-expect-error an event that does not exist
const type: ClientEvent["type"] = "teapot";
// @ts-expect-error an error is made of facts
new LookupError("failed");
declare const error: LookupError;
// @ts-expect-error read-only
error.code = "network";

export {};
