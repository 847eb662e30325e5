// What a call of `request()` costs more than the bare `fetch` that it ends in, against the sandbox on this machine.
import { FREE_PORTS, startSandbox } from "../../xtask/node/sandbox.mjs";
import { inTurns, ours, print, row } from "./measure.mjs";

const ROUNDS = 15;
const CALLS = 60;
const PATH = "/api/indicators?limit=1";
const GOALS = new Map([[1, 1.3], [6, 1.15]]);

const { createClient } = await import(ours());
const sandbox = await startSandbox(process.env.IOC_SANDBOX, FREE_PORTS);
try {
  const { baseUrl, email, password, clientId } = sandbox.ready.threatq;
  const auth = { grant: "password", email, password, clientId };
  const client = await createClient({ platform: "threatq", baseUrl, auth, allowInsecureLoopback: true });
  const authorization = (await client.authorize()).get("authorization");
  const calls = [() => client.request(PATH), () => fetch(baseUrl + PATH, { headers: { authorization } })];
  const rows = [];
  for (const [concurrency, atMostOfPeer] of GOALS) {
    const [mine, bare] = await inTurns(ROUNDS, calls.map((call) => () => many(call, concurrency)));
    rows.push(
      row({
        what: `request(), ${concurrency === 1 ? "one at a time" : `${concurrency} at a time`}`,
        unit: "ms/call",
        ours: mine / CALLS,
        peer: { name: "bare fetch", value: bare / CALLS },
        atMostOfPeer,
      }),
    );
  }
  print(rows);
  client.close();
} finally {
  await sandbox.stop();
}

/** So many calls, never more than `concurrency` at once, each read to its end. */
async function many(call, concurrency) {
  let left = CALLS;
  const worker = async () => {
    while (left-- > 0) {
      const answer = await call();
      if (answer.status !== 200) throw new Error(`status ${answer.status}`);
      await answer.text();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}
