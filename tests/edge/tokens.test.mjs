// One token for the whole network: isolates that never hear of each other share it through the Durable Object.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AUTHORIZED, openStage } from "./stage.mjs";

const ISOLATES = ["edge", "fra", "iad", "nrt"];
const CALLS = 40;

const isTokenRequest = ({ path }) => path === "/api/token";

test("concurrent look-ups in several isolates cause one token request", async () => {
  const stage = await openStage({ names: ISOLATES });
  try {
    await stage.sandbox.requests();
    const answers = await Promise.all(Array.from({ length: CALLS }, (_, call) =>
      // Each value is another one, so that no cache answers in place of a platform.
      stage.fetch(`/lookup?value=host-${call}.example.org`, { headers: AUTHORIZED }, ISOLATES[call % ISOLATES.length])));
    for (const answer of answers) {
      assert.equal(answer.status, 200);
      const [{ reports: [report] }] = await answer.json();
      assert.equal(report.error, null);
    }
    const requests = await stage.sandbox.requests();
    assert.equal(requests.filter(isTokenRequest).length, 1);
    assert.ok(requests.length > CALLS, "every call reached the platform");
  } finally {
    await stage.close();
  }
});

test("an isolate that wakes up later finds the token of the others", async () => {
  const stage = await openStage({ names: ISOLATES });
  const ask = async (isolate) => {
    const answer = await stage.fetch(`/lookup?value=${isolate}.example.org`, { headers: AUTHORIZED }, isolate);
    assert.equal((await answer.json())[0].reports[0].error, null);
  };
  try {
    const [first, ...others] = ISOLATES;
    await ask(first);
    await stage.sandbox.requests();
    for (const isolate of others) await ask(isolate);
    assert.equal((await stage.sandbox.requests()).filter(isTokenRequest).length, 0);
  } finally {
    await stage.close();
  }
});
