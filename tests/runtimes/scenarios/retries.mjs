// R1 to R10: what is sent again, when, and how often.

import { HOUR, MINUTE, SECOND, asksForToken, json, parallel, stubApi, stubFetch } from "./support.mjs";

/** 408 has a scenario of its own: browsers repeat a request by themselves when a connection that was used before answers so. */
const RETRIED = [425, 429, 500, 502, 503, 504];
const FINAL = [400, 403, 404, 405, 409, 410, 413, 422, 451, 501, 505];

const CODES = { 403: "forbidden", 404: "not_found", 429: "rate_limited" };
const apiCode = (status) => CODES[status] ?? (status >= 500 || status === 408 || status === 425 ? "server_error" : "request_rejected");

const EXPOSED = { "Access-Control-Expose-Headers": "Retry-After, retry-after-ms, X-Ratelimit-Retryafter, Date" };
const NOTHING_HIDDEN = "nothing is hidden here: the header decides";
/** The clock of the hostile server, far from the caller's. */
const SERVER_NOW = Date.UTC(2030, 0, 1, 12, 0, 0);
const imf = (at) => new Date(at).toUTCString();
const rfc850 = (at) => {
  const [, , day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(imf(at));
  const weekday = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"][new Date(at).getUTCDay()];
  return `${weekday}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
};
const asctime = (at) => {
  const [, weekday, day, month, year, time] = /^(\w+), (\d+) (\w+) (\d+) (\S+)/.exec(imf(at));
  return `${weekday} ${month} ${String(Number(day)).padStart(2, " ")} ${time} ${year}`;
};

/** `[headers of a 503, milliseconds that are waited]`; 250 is the wait without any header. */
const RETRY_AFTER = [
  [{ "Retry-After": "7" }, 7_000],
  [{ "Retry-After": "1.5" }, 1_500],
  [{ "Retry-After": "007" }, 7_000],
  [{ "Retry-After": "60" }, 60_000],
  [{ "Retry-After": "0" }, 250],
  [{ "Retry-After": "0.1" }, 250],
  [{ "retry-after-ms": "1234" }, 1_234],
  [{ "retry-after-ms": "1234.5", "Retry-After": "1" }, (ms) => ms === 1_234 || ms === 1_234.5 || ms === 1_235],
  [{ "X-Ratelimit-Retryafter": "9" }, 9_000],
  [{ "retry-after-ms": "2000", "Retry-After": "3", "X-Ratelimit-Retryafter": "4" }, 4_000],
  [{ "retry-after-ms": "5000", "Retry-After": "3", "X-Ratelimit-Retryafter": "x" }, 5_000],
  [{ "Retry-After": imf(SERVER_NOW + 9_000), Date: imf(SERVER_NOW) }, 9_000],
  [{ "Retry-After": rfc850(SERVER_NOW + 9_000), Date: imf(SERVER_NOW) }, 9_000],
  [{ "Retry-After": asctime(SERVER_NOW + 9_000), Date: imf(SERVER_NOW) }, 9_000],
  [{ "Retry-After": imf(SERVER_NOW - 9_000), Date: imf(SERVER_NOW) }, 250],
  [{ "Retry-After": "-1" }, 250],
  [{ "Retry-After": "+7" }, 250],
  [{ "Retry-After": "1e1" }, 250],
  [{ "Retry-After": "0x7" }, 250],
  [{ "Retry-After": "7, 9" }, 250],
  [{ "Retry-After": "7;x" }, 250],
  [{ "Retry-After": "7s" }, 250],
  [{ "Retry-After": "" }, 250],
  [{ "Retry-After": "." }, 250],
  [{ "Retry-After": "5." }, (ms) => ms === 250 || ms === 5_000],
  [{ "Retry-After": "soon" }, 250],
  [{ "Retry-After": "NaN" }, 250],
  [{ "Retry-After": "Infinity" }, 250],
  [{ "Retry-After": "Tue, 32 Jan 2030 12:00:09 GMT", Date: imf(SERVER_NOW) }, 250],
  [{ "Retry-After": "2030-01-01T12:00:09Z", Date: imf(SERVER_NOW) }, 250],
  [{ "retry-after-ms": "-5" }, 250],
];

/** `[headers of a 429, retryAfterMs]`: too long to wait for. */
const TOO_LONG = [
  [{ "Retry-After": "61" }, 61_000],
  [{ "Retry-After": "3600" }, HOUR],
  [{ "Retry-After": "86400" }, 24 * HOUR],
  [{ "Retry-After": "172800" }, 24 * HOUR],
  [{ "Retry-After": "9".repeat(400) }, 24 * HOUR],
  [{ "retry-after-ms": "9".repeat(30) }, 24 * HOUR],
  [{ "Retry-After": imf(SERVER_NOW + HOUR), Date: imf(SERVER_NOW) }, HOUR],
  [{ "Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT", Date: imf(SERVER_NOW) }, 24 * HOUR],
];

/** A client whose API answers are given by `answer(nth)`; deadlines do not get in the way. */
const stubClient = (t, answer, overrides) => {
  const fetch = stubApi((url, init, nth) => answer(nth - 1, url, init));
  return t.client({ fetch, timeouts: { ...t.timeouts, totalMs: 10 * MINUTE }, ...overrides }).then((client) => ({ client, fetch }));
};

export default [
  {
    name: "R1 408 is retried",
    rules: ["R1"],
    freshConnections: true,
    serve(x) { return x.isToken ? x.token() : x.json(408, {}); },
    async run(t) {
      await t.refused(t.get(await t.client({ retry: { maxRetries: 2 } })), { code: "server_error", status: 408, retryable: true, attempts: 3 });
      await t.server.saw({ token: 1, api: 3 });
    },
  },
  {
    name: "R1 which status is retried, and which is final",
    rules: ["R1", "E13", "E14", "E4"],
    serve(x) { return x.isToken ? x.token() : x.json(Number(x.path.slice(-3)), {}); },
    async run(t) {
      for (const status of [...RETRIED, ...FINAL]) {
        const client = await t.client({ retry: { maxRetries: 2 } });
        const retryable = RETRIED.includes(status);
        await t.refused(client.request(`/api/${status}`), { code: apiCode(status), status, retryable, attempts: retryable ? 3 : 1, platform: t.dialect.platform }, String(status));
      }
      await t.server.saw({ api: RETRIED.length * 3 + FINAL.length });
    },
  },
  {
    name: "R1 R3 network failures and timeouts of an attempt are retried",
    rules: ["R1", "R3"],
    freshConnections: true,
    serve(x) {
      const trouble = [() => x.drop(), () => x.dropInBody(), () => x.hold("never")][x.variant % 10];
      if (x.isToken !== x.variant >= 10 && x.nth <= 2) return trouble();
      return x.honest();
    },
    async run(t) {
      const timeouts = { ...t.timeouts, totalMs: 3 * MINUTE };
      for (const row of [0, 1, 2, 10, 11, 12]) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, timeouts, retry: { maxRetries: 2 } });
        const call = t.get(client);
        for (let silent = 1; silent <= 2 && row % 10 === 2; silent += 1) {
          await t.server.waitFor(row >= 10 ? "api" : "token", silent, row);
          await t.timers.elapse(timeouts.requestMs);
        }
        t.assert.equal((await call).status, 200, `row ${row}: status`);
        const log = (await t.server.log()).filter(({ variant }) => variant === row);
        t.assert.equal(log.length, 4, `row ${row}: requests`);
      }
    },
  },
  {
    name: "R2 only what may be repeated is repeated",
    rules: ["R2"],
    serve(x) { return x.isToken ? x.token() : x.json(Number(x.path.slice(-3)), {}, { ...EXPOSED, ...(x.query.get("after") ? { "Retry-After": x.query.get("after") } : {}) }); },
    async run(t) {
      const sent = async (method, status, init = {}) => {
        const client = await t.client({ retry: { maxRetries: 2 }, timeouts: { ...t.timeouts, totalMs: 10 * MINUTE } });
        const before = (await t.server.apiRequests()).length;
        await t.refused(client.request(`/api/${status}`, { method, ...init }), {}, `${method} ${status}`);
        return (await t.server.apiRequests()).length - before;
      };
      for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]) t.assert.equal(await sent(method, 503), 3, `${method}: requests`);
      for (const method of ["POST", "PATCH"]) {
        t.assert.equal(await sent(method, 503, { json: {} }), 1, `${method} 503: requests`);
        t.assert.equal(await sent(method, 500, { json: {}, query: { after: "1" } }), 1, `${method} 500 with Retry-After: requests`);
        t.assert.equal(await sent(method, 503, { json: {}, query: { after: "soon" } }), 1, `${method} 503 with an invalid Retry-After: requests`);
        t.assert.equal(await sent(method, 503, { json: {}, query: { after: "1" } }), 3, `${method} 503 with Retry-After: requests`);
        t.assert.equal(await sent(method, 429, { json: {}, query: { after: "1" } }), 3, `${method} 429 with Retry-After: requests`);
        t.assert.equal(await sent(method, 500, { json: {}, idempotent: true }), 3, `${method} marked idempotent: requests`);
      }
    },
  },
  {
    name: "R2 the commit of an import is a GET that is never repeated; our own queries are",
    platform: "threatq",
    rules: ["R2"],
    serve(x) { return x.isToken ? x.token() : x.json(503, {}, { "Retry-After": "1", ...EXPOSED }); },
    async run(t) {
      const client = await t.client({ retry: { maxRetries: 2 }, timeouts: { ...t.timeouts, totalMs: 10 * MINUTE } });
      await t.refused(client.imports.commit(7), { code: "server_error", status: 503 });
      await t.server.saw({ api: 1 });
      await t.refused(client.indicators.query({}), { code: "server_error" });
      await t.server.saw({ api: 4 });
      t.assert.equal((await t.lookupError(client, "bad.example")).code, "server_error", "lookup's error");
      await t.server.saw({ api: 7 });
    },
  },
  {
    name: "R3 client_credentials are asked again up to maxRetries, a refusal never",
    rules: ["R3"],
    serve(x) { return x.isToken ? x.json([503, 429, 500, 400, 401, 403, 404][x.variant], {}) : x.page(); },
    async run(t) {
      for (const [row, requests] of [3, 3, 3, 1, 1, 1, 1].entries()) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 2 } });
        await t.refused(client.token(), { attempts: requests }, `row ${row}`);
        t.assert.equal((await t.server.tokenRequests()).filter(({ variant }) => variant === row).length, requests, `row ${row}: requests`);
      }
    },
  },
  {
    name: "R4 no more than 1 + maxRetries requests, plus one replay",
    rules: ["R4"],
    async run(t) {
      for (const maxRetries of [0, 1, 3]) {
        const { client, fetch } = await stubClient(t, (nth) => json({}, nth === 2 ? 401 : 503), { retry: { maxRetries } });
        await t.refused(t.get(client), { code: "server_error" });
        const api = fetch.calls.filter(({ url }) => !asksForToken(url)).length;
        t.assert.equal(api, maxRetries === 0 ? 1 : 2 + maxRetries, `maxRetries ${maxRetries}: API requests`);
      }
    },
  },
  {
    name: "R5 waits double, spread by half, and are capped",
    rules: ["R5"],
    async run(t) {
      for (const [fraction, factor] of [[0, 0.5], [0.5, 0.75], [0.999, 0.9995], [NaN, 0.75], [-1, 0.75], [2, 0.75], ["x", 0.75], [undefined, 0.75], [Infinity, 0.75]]) {
        t.clock.sleeps.length = 0;
        const { client } = await stubClient(t, () => json({}, 503), { retry: { maxRetries: 6 }, random: () => fraction });
        await t.refused(t.get(client), { code: "server_error", attempts: 7 });
        t.assert.deepEqual(t.clock.sleeps.map((ms) => Math.round(ms)), [500, 1_000, 2_000, 4_000, 8_000, 8_000].map((ms) => Math.round(ms * factor)), `waits with random ${fraction}`);
      }
      t.clock.sleeps.length = 0;
      const { client } = await stubClient(t, () => json({}, 503), { retry: { maxRetries: 3, baseMs: 10, maxMs: 15 } });
      await t.refused(t.get(client), { code: "server_error" });
      t.assert.deepEqual(t.clock.sleeps, [5, 7.5, 7.5], "own base and cap");
    },
  },
  {
    name: "R5 a random or a sleep that fails does no harm",
    rules: ["R5", "E1", "S12"],
    async run(t) {
      const throws = () => { throw new Error(t.canaries.password); };
      const { client } = await stubClient(t, (nth) => json({}, nth === 1 ? 503 : 200), { random: throws });
      t.assert.equal((await t.get(client)).status, 200, "status");
      t.assert.deepEqual(t.clock.sleeps, [375], "wait");
      for (const sleep of [throws, () => Promise.reject(t.canaries.password), () => Promise.reject(undefined)]) {
        const { client: other } = await stubClient(t, (nth) => json({}, nth === 1 ? 503 : 200), { sleep, retry: { maxRetries: 1, baseMs: 40 } });
        await t.within(18, 400, () => t.get(other), "a real wait of 20 ms instead");
      }
    },
  },
  {
    name: "R6 Retry-After in every form",
    rules: ["R6", "R5"],
    serve(x) { return x.isToken ? x.token() : x.nth === 1 ? x.json(503, {}, { ...EXPOSED, ...RETRY_AFTER[x.variant][0] }) : x.page(); },
    async run(t) {
      for (const [row, [headers, wait]] of RETRY_AFTER.entries()) {
        t.clock.sleeps.length = 0;
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, timeouts: { ...t.timeouts, totalMs: 10 * MINUTE } });
        await t.get(client);
        const [slept, ...more] = t.clock.sleeps;
        t.assert.equal(more.length, 0, `${JSON.stringify(headers)}: further waits`);
        if (typeof wait === "function") t.assert.ok(wait(slept), `${JSON.stringify(headers)}: wait of ${slept} ms`);
        else t.assert.equal(slept, wait, `${JSON.stringify(headers)}: wait`);
      }
    },
  },
  {
    name: "R6 without a Date header a Retry-After date is read against now(), and on every retried status",
    rules: ["R6"],
    async run(t) {
      for (const status of RETRIED) {
        t.clock.sleeps.length = 0;
        const headers = { "Retry-After": imf(t.clock.now() + 5_000) };
        const { client } = await stubClient(t, (nth) => (nth === 1 ? json({}, status, headers) : json({})));
        await t.get(client);
        t.assert.between(t.clock.sleeps[0], 4_000, 5_000, `${status}: wait`);
      }
    },
  },
  {
    name: "R7 a Retry-After beyond a minute or the deadline ends the call at once",
    rules: ["R7", "E14"],
    serve(x) { return x.isToken ? x.token() : x.json(429, {}, { ...EXPOSED, ...TOO_LONG[x.variant]?.[0] ?? { "Retry-After": "30" } }); },
    async run(t) {
      for (const [row, [headers, retryAfterMs]] of TOO_LONG.entries()) {
        const client = await t.client({ baseUrl: `${t.base}/v${row}`, timeouts: { ...t.timeouts, totalMs: 24 * HOUR } });
        await t.refused(t.get(client), { code: "rate_limited", category: "rate", status: 429, retryable: true, attempts: 1, retryAfterMs }, JSON.stringify(headers).slice(0, 60));
      }
      const client = await t.client({ baseUrl: `${t.base}/v50`, timeouts: { ...t.timeouts, totalMs: 20 * SECOND } });
      await t.refused(t.get(client), { code: "rate_limited", attempts: 1, retryAfterMs: 30_000 }, "beyond the deadline");
      t.assert.deepEqual(t.clock.sleeps, [], "waits");
    },
  },
  {
    name: "R7 a Retry-After that the runtime hides counts as none",
    rules: ["R7"],
    expect: { node: NOTHING_HIDDEN, workerd: NOTHING_HIDDEN, extension: NOTHING_HIDDEN },
    serve(x) { return x.isToken ? x.token() : x.json(429, {}, { "Retry-After": "3600" }); },
    async run(t) {
      const client = await t.client();
      await t.refused(t.get(client), { code: "rate_limited", attempts: t.page ? 3 : 1, retryAfterMs: t.page ? undefined : HOUR });
      t.assert.deepEqual(t.clock.sleeps, t.page ? [250, 500] : [], "waits");
    },
  },
  {
    name: "R8 the retry budget: ten retries, then none, and successes earn it back",
    rules: ["R8"],
    async run(t) {
      let status = 503;
      const { client, fetch } = await stubClient(t, () => json({}, status), { retry: { maxRetries: 1 } });
      await client.token();
      const sentBy = async (call) => {
        const before = fetch.calls.length;
        await call();
        return fetch.calls.length - before;
      };
      const failing = () => t.refused(t.get(client), { code: "server_error" });
      for (let call = 0; call < 10; call += 1) t.assert.equal(await sentBy(failing), 2, `call ${call}: requests`);
      t.assert.equal(await sentBy(failing), 1, "requests once the budget is spent");
      status = 200;
      for (let call = 0; call < 10; call += 1) await t.get(client);
      status = 503;
      t.assert.equal(await sentBy(failing), 2, "requests after ten successes");
      t.assert.equal(await sentBy(failing), 1, "requests when that is spent too");
    },
  },
  {
    name: "R8 token and API requests draw on one budget, and it never exceeds a hundred",
    rules: ["R8"],
    async run(t) {
      let down = false;
      const fetch = stubFetch((url) => {
        if (down) return json({}, 503);
        return asksForToken(url) ? json({ access_token: "stub-token", token_type: "bearer", expires_in: 60 }) : json({});
      });
      const client = await t.client({ fetch, retry: { maxRetries: 1, baseMs: 500, maxMs: 500 }, timeouts: { ...t.timeouts, totalMs: 10 * MINUTE } });
      await parallel(50, () => t.get(client));
      down = true;
      const before = fetch.calls.length;
      let calls = 0;
      for (; calls < 20; calls += 1) {
        await t.refused(t.get(client), { code: (code) => code === "server_error" || code === "token_server_error" });
        t.clock.advance(MINUTE);
      }
      t.assert.equal(fetch.calls.length - before - calls, 10, "retries in all");
    },
  },
  {
    name: "R9 an abort during a wait sends nothing more",
    rules: ["R9"],
    serve(x) { return x.isToken ? x.token() : x.json(503, {}); },
    async run(t) {
      const controller = new AbortController();
      const client = await t.client({
        sleep: () => {
          controller.abort();
          return new Promise(() => {});
        },
      });
      await t.refused(t.get(client, { signal: controller.signal }), { code: "aborted" });
      await t.timers.wait(20);
      await t.server.saw({ token: 1, api: 1 });
    },
  },
  {
    name: "R10 each wait is announced, with its number and length",
    rules: ["R10", "L15"],
    async run(t) {
      const { client } = await stubClient(t, (nth) => json({}, [0, 503, 429, 200][nth]));
      await t.get(client);
      const retries = t.events.filter(({ type }) => type === "retry");
      t.assert.deepEqual(retries.map(({ waitMs }) => waitMs), [250, 500], "waits announced");
      t.assert.equal(retries[1].attempt, retries[0].attempt + 1, "numbers of the attempts");
      const throttled = t.events.filter(({ type }) => type === "throttled");
      t.assert.equal(throttled.length, 1, "throttled events");
      t.assert.equal(throttled[0].status, 429, "status");
    },
  },
  {
    name: "R7 what is left of the deadline decides, not a minute",
    rules: ["R7", "H5"],
    async run(t) {
      const { client, fetch } = await stubClient(t, () => json({}, 503, { "Retry-After": "5" }), {});
      await t.refused(t.get(client, { timeoutMs: 4 * SECOND }), { code: "server_error", attempts: 1, retryAfterMs: 5 * SECOND });
      t.assert.equal(fetch.calls.length, 2, "requests");
    },
  },
];
