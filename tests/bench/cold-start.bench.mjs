// How long a command-line tool waits: from the import to the first answer, and to a client that is ready to ask, in a Node that has
// loaded nothing.
import { inFreshNode, median, ours, peer, print, row } from "./measure.mjs";

const ROUNDS = 15;

const firstAnswer = (entry, call) => `
  const start = performance.now();
  const { ${call.split("(")[0]} } = await import(${JSON.stringify(entry)});
  ${call};
  answer(performance.now() - start);
`;

const imports = (entries, ready = "") => `
  const start = performance.now();
  const [first] = await Promise.all(${JSON.stringify(entries)}.map((entry) => import(entry)));
  ${ready};
  answer(performance.now() - start);
`;

const CLIENT = 'await first.createClient({ platform: "threatq", baseUrl: "https://tq.example", auth: { accessToken: "abc" } })';
const SOURCES = {
  answer: firstAnswer(ours(), 'classify("example.com")'),
  "ioc-extractor": firstAnswer(peer("ioc-extractor"), 'extractIOC("example.com")'),
  client: imports([ours()], CLIENT),
  "oauth4webapi + ky": imports([peer("oauth4webapi"), peer("ky")]),
  "@azure/msal-browser": imports([peer("@azure/msal-browser")]),
};

// In turns, so that a slow moment of the machine hits all.
const times = Object.fromEntries(Object.keys(SOURCES).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, source] of Object.entries(SOURCES)) times[name].push(await inFreshNode(source));
}

const compared = (what, own, name, more) => row({ what, unit: "ms", ours: median(times[own]), peer: { name, value: median(times[name]) }, ...more });

print([
  compared("cold start in Node, import to first answer", "answer", "ioc-extractor", { atMost: 25 }),
  compared("cold start in Node, import to a client", "client", "oauth4webapi + ky"),
  compared("cold start in Node, import to a client", "client", "@azure/msal-browser"),
]);
