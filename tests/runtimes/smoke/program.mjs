// What a user's first program does, for every runtime that has files and processes. It stands in a project where the package is
// installed, gets a client's configuration as its argument, and prints one line: what it saw.
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { classify, createClient, defang, extract, isLookupError, lookup, lookupStream, refang, version } from "ioc-lookup";
import * as slim from "ioc-lookup/slim";
import { fileStore } from "ioc-lookup/stores/node";

const config = JSON.parse(process.argv[2]);
const seen = {};

seen.version = version;
seen.text = [refang("hxxp://bad[.]example"), defang("http://bad.example"), classify("203.0.113.9").kind];
seen.extract = extract("hxxps://bad[.]example/x and CVE-2021-44228 \u{1f600} 203.0.113.9").map(({ value, start }) => [value, start]);

const folder = await mkdtemp(join(tmpdir(), "ioc-lookup-"));
const events = [];
const client = await createClient({ ...config, tokenStore: fileStore({ folder }), onEvent: ({ type }) => events.push(type) });
const results = await lookup(["bad[.]example", "nobody.example"], [client]);
seen.verdicts = results.map(({ verdict, score }) => [verdict, score]);
seen.streamed = 0;
for await (const result of lookupStream(["bad.example", "203.0.113.9"], [client])) seen.streamed += result.reports.length;
seen.events = [...new Set(events)];
seen.check = (await client.check()).ok;
/** Tokens; what locks them may outlive the call by a moment. */
const stored = async () => (await readdir(folder)).filter((name) => name.endsWith(".json"));
const files = await stored();
seen.stored = [files.length, ((await stat(join(folder, files[0]))).mode & 0o777).toString(8)];
await client.forgetToken();
seen.forgotten = (await stored()).length;

const controller = new AbortController();
const late = client.lookup("other.example", { signal: controller.signal }).catch(({ code, cause }) => [code, cause]);
controller.abort("enough");
seen.aborted = await late;

client.close();
seen.closed = await client.lookup("bad.example").catch((error) => [isLookupError(error), error.code]);
seen.same = slim.classify === classify;
await rm(folder, { recursive: true });
console.log(JSON.stringify(seen));
