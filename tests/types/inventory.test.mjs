// What is declared, against what is there: names by listing both, shapes by compiling what a real client answered.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { entry } from "../support/project.mjs";
import { startSandbox, taegisConfig, threatqConfig } from "../package/sandbox.mjs";
import { complaints, MODULES } from "./compiler.mjs";

const options = { ...MODULES.nodenext, lib: ["esnext"] };
const ioc = await import(entry());
const slim = await import(entry("ioc-lookup/slim"));

let sandbox;
let client;
let qradar;
let taegis;
const events = [];
before(async () => {
  sandbox = await startSandbox();
  const { email, password } = sandbox.user("admin");
  const auth = { grant: "password", email, password, clientId: sandbox.threatq.clientId };
  client = await ioc.createClient(threatqConfig(sandbox, { auth, onEvent: (event) => events.push(event) }));
  qradar = await ioc.createClient({ platform: "qradar", baseUrl: "https://qr.example", auth: { secToken: "t" } });
  taegis = await ioc.createClient(taegisConfig(sandbox));
});
after(async () => {
  client?.close();
  qradar?.close();
  taegis?.close();
  await sandbox?.stop();
});

const list = ioc.Watchlist.build([{ value: "a.example.com", label: "l", score: 1 }]);

const DISPOSE = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/** Names of an object and of its classes, as `keyof` gives them. What begins with `_` is internal. */
function membersOf(object) {
  const names = new Set();
  for (let at = object; at !== null && at !== Object.prototype && at !== Error.prototype; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) names.add(key);
  }
  const written = [...names].filter((key) => typeof key === "string" && key !== "constructor" && !key.startsWith("_"));
  return [...written.map((name) => JSON.stringify(name)), ...(names.has(DISPOSE) ? ["typeof Symbol.dispose"] : [])];
}

/** A program that compiles if `type` has these members and no others; its complaint names the first that differs. */
const sameMembers = (type, members) => `
import type * as ioc from "ioc-lookup";
type Declared = keyof ${type};
type Present = ${members.join(" | ")};
export const onlyDeclared: never = null! as Exclude<Declared, Present>;
export const onlyPresent: never = null! as Exclude<Present, Declared>;
`;

/** A program that compiles if the value, written down as a literal, is of that type: no member too many, none amiss. */
const ofType = (type, value) => `
import type * as ioc from "ioc-lookup";
export const value: ${type} = ${JSON.stringify(value, null, 1)};
`;

describe("the declared members are there, and no others:", () => {
  const objects = {
    "typeof ioc": () => ioc,
    "typeof import('ioc-lookup/slim')": () => slim,
    "ioc.ThreatQ": () => client,
    "ioc.ThreatQ['indicators']": () => client.indicators,
    "ioc.ThreatQ['events']": () => client.events,
    "ioc.ThreatQ['imports']": () => client.imports,
    "ioc.Taegis": () => taegis,
    "ioc.Taegis['clients']": () => taegis.clients,
    "ioc.Watchlist": () => list,
    "ioc.QRadar": () => qradar,
    "ioc.QRadar['ariel']": () => qradar.ariel,
    "ioc.QRadar['referenceSets']": () => qradar.referenceSets,
    "ioc.LookupError": () => new ioc.LookupError(EVERY_FACT, { cause: null }),
    "ReturnType<ioc.LookupError['toJSON']>": () => new ioc.LookupError(EVERY_FACT).toJSON(),
  };
  for (const [type, object] of Object.entries(objects)) {
    test(type, async () => {
      assert.equal(await complaints({ texts: { "members.ts": sameMembers(type, membersOf(object())) }, options }), "");
    });
  }
});

const EVERY_FACT = {
  code: "aborted",
  category: "control",
  retryable: false,
  message: "m",
  platform: "threatq",
  status: 1,
  oauthError: "e",
  oauthErrorDescription: "d",
  reason: "r",
  retryAfterMs: 1,
  attempts: 1,
};

describe("what comes back is of the declared type:", () => {
  const novelty = { value: "new.example", type: "FQDN", sources: [{ name: "us", tlp: "AMBER" }], tags: ["t"] };
  const answers = {
    "ioc.Token": () => client.token(),
    "ioc.Check": () => client.check(),
    "ioc.Report": () => client.lookup("example[.]com"),
    "ioc.Report[]": () => client.lookup(["bad.example", "203.0.113.200", "nobody knows this"]),
    "ioc.LookupResult": () => ioc.lookup("example[.]com", [client]),
    "ioc.WatchlistEntry[]": async () => (await client.indicatorFeed({ pageSize: 50 })[Symbol.asyncIterator]().next()).value,
    "ioc.Page<ioc.ThreatQIndicator>": () => client.indicators.list({ limit: 2, with: ["score", "sources"] }),
    "ioc.Page<ioc.ThreatQIndicator> & { nextCursor?: string }": () => client.indicators.query({}, { limit: 1, cursor: "*" }),
    "Awaited<ReturnType<ioc.ThreatQ['indicators']['create']>>": async () => [
      ...(await client.indicators.create(novelty)),
      ...(await client.indicators.create(novelty)),
    ],
    "ioc.Report & { platform: 'taegis' }": () => taegis.lookup("bad[.]example"),
    "Awaited<ReturnType<ioc.Taegis['clients']['create']>>": () => taegis.clients.create({ name: "inventory", roles: [ioc.taegisRoles.auditor] }),
    "ioc.TaegisClient[]": () => taegis.clients.search({ perPage: 5 }),
    "Awaited<ReturnType<ioc.Taegis['serviceVersion']>>": () => taegis.serviceVersion(),
    "Record<ioc.TaegisRegion, string>": () => ioc.taegisRegions,
    "ReturnType<typeof ioc.toStix>": async () => ioc.toStix(await ioc.lookup("bad.example", [taegis])),
    "ReturnType<typeof ioc.toEcs>": async () => ioc.toEcs(await ioc.lookup("CVE-2021-44228", [client])),
    "ReturnType<typeof ioc.toOcsf>": async () => ioc.toOcsf(await ioc.lookup("bad.example", [taegis])),
    "ioc.Indicator[]": () => ioc.extract("v 1.2.3.4, hxxps://bad[.]example/a and 10.0.0.1", { includeLow: true }),
    "ReturnType<typeof ioc.classify>": () => ioc.classify("bad[.]example"),
    "ioc.ClientEvent[]": () => events,
  };
  for (const [type, answer] of Object.entries(answers)) {
    test(type, async () => {
      const value = await answer();
      assert.ok(!Array.isArray(value) || value.length > 0, "there is something to compare");
      assert.equal(await complaints({ texts: { "answer.ts": ofType(type, value) }, options }), "");
    });
  }
});
