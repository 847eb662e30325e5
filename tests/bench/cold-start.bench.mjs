// How long a command-line tool waits: from the import to the first answer, in a Node that has loaded nothing.
import { inFreshNode, median, ours, peer, print, row } from "./measure.mjs";

const ROUNDS = 15;

const firstAnswer = (entry, call) => `
  const start = performance.now();
  const { ${call.split("(")[0]} } = await import(${JSON.stringify(entry)});
  ${call};
  answer(performance.now() - start);
`;

const OURS = firstAnswer(ours(), 'classify("example.com")');
const PEER = firstAnswer(peer("ioc-extractor"), 'extractIOC("example.com")');

// In turns, so that a slow moment of the machine hits both.
const times = { ours: [], peer: [] };
for (let round = 0; round < ROUNDS; round++) {
  times.ours.push(await inFreshNode(OURS));
  times.peer.push(await inFreshNode(PEER));
}

print([
  row({
    what: "cold start in Node, import to first answer",
    unit: "ms",
    ours: median(times.ours),
    peer: { name: "ioc-extractor", value: median(times.peer) },
    atMost: 25,
  }),
]);
