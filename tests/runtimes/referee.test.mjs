// Two thousand renewals before a strict referee: one refresh token sent twice would end the session for good.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { entry } from "../support/project.mjs";
import { startReferee } from "./referee.mjs";

const RENEWALS = 2_000;
const CALLERS = 50;
/** Of a token's life, so much passes with each call: tokens end by age as well as by 401. */
const CALLS_PER_LIFE = 2;

let ioc;
let referee;
before(async () => {
  ioc = await import(entry());
  referee = await startReferee();
});
after(() => referee?.stop());

test("the referee ends a session whose refresh token comes twice", async () => {
  const first = await referee.newSession();
  const { status, body } = await referee.refresh(first);
  assert.equal(status, 200);
  assert.notEqual(body.refresh_token, first);
  assert.deepEqual((await referee.refresh(first)).body.error, "invalid_grant");
  assert.deepEqual((await referee.refresh(body.refresh_token)).body.error, "invalid_grant", "the newest one is dead as well");
});

test("T3 T6 T22 T23 the session lives through two thousand renewals of fifty callers, a tenth of them answered 401", async (context) => {
  let now = Date.now();
  const outcomes = {};
  const { client_id: clientId, client_secret: clientSecret } = referee.client;
  const client = await ioc.createClient({
    platform: "threatq",
    baseUrl: "https://referee.example",
    fetch: referee.fetch,
    auth: { grant: "refresh_token", refreshToken: await referee.newSession(), clientId, clientSecret },
    limits: { concurrency: CALLERS },
    now: () => now,
  });
  referee.refreshes = {};

  const caller = async () => {
    while ((referee.refreshes.ok ?? 0) < RENEWALS && !referee.refreshes.invalid_grant) {
      now += referee.tokenLifeMs / CALLS_PER_LIFE;
      const outcome = await client.request("/api/indicators").then(() => "ok", (error) => error.code);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  context.diagnostic(`${referee.requests} API requests, ${referee.refused} answered 401; refreshes ${JSON.stringify(referee.refreshes)}; calls ${JSON.stringify(outcomes)}`);

  assert.deepEqual(Object.keys(referee.refreshes), ["ok"], "no refresh was refused");
  assert.ok(referee.refreshes.ok >= RENEWALS);
  // A replay may be the tenth request in its turn: a second 401 ends the call. Nothing else may end one.
  assert.deepEqual(Object.keys(outcomes).filter((outcome) => outcome !== "ok" && outcome !== "unauthorized"), []);
  assert.ok(outcomes.ok > 8 * (outcomes.unauthorized ?? 0), "and that is rare");

  now += 2 * referee.tokenLifeMs;
  assert.ok((await client.token()).accessToken, "the session lives");
  client.close();
});
