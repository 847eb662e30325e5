// T41 to T48: which answers are a token.
//
// Each row is served under a base URL of its own (`/v3`), as bytes, to a client of its own.

import { HOUR, MINUTE, MemoryStore, SECOND } from "./support.mjs";

const TOKEN = "\"access_token\":\"tok-abc\"";
const GOOD = `{${TOKEN},"token_type":"bearer","expires_in":3600}`;
const utf8 = (text) => [...new TextEncoder().encode(text)];
const utf16 = (text, bom) => [...bom, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])];
const nested = (depth) => `{${TOKEN},"x":${"[".repeat(depth)}${"]".repeat(depth)}}`;

/** `[label, bytes, reason]` with status 200. */
const UNUSABLE = [
  ["not UTF-8", [...utf8(`{${TOKEN.slice(0, -1)}`), 0xff, ...utf8("\"}")], "encoding"],
  ["overlong UTF-8", [...utf8(`{${TOKEN},"x":"`), 0xc0, 0xaf, ...utf8("\"}")], "encoding"],
  ["UTF-8 cut in the middle of a character", [...utf8(`{${TOKEN},"x":"`), 0xe2, 0x98], "encoding"],
  ["HTML", utf8("<!doctype html><title>Log in</title>"), "not_json"],
  ["a form", utf8("access_token=tok-abc&expires_in=3600"), "not_json"],
  ["nothing", [], "not_json"],
  ["white space", utf8(" \r\n\t"), "not_json"],
  ["a BOM alone", [0xef, 0xbb, 0xbf], "not_json"],
  ["two BOMs", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, ...utf8(GOOD)], "not_json"],
  ["cut off", utf8(GOOD.slice(0, -1)), "not_json"],
  ["trailing data", utf8(`${GOOD}x`), "not_json"],
  ["two values", utf8(`${GOOD}${GOOD}`), "not_json"],
  ["a comment", utf8(`/* */${GOOD}`), "not_json"],
  ["single quotes", utf8("{'access_token':'tok-abc'}"), "not_json"],
  ["a trailing comma", utf8(`{${TOKEN},}`), "not_json"],
  ["NaN", utf8(`{${TOKEN},"expires_in":NaN}`), "not_json"],
  ["an anti-hijacking prefix", utf8(`)]}',\n${GOOD}`), "not_json"],
  ["a control character in a string", utf8(`{${TOKEN},"x":"a\u0001"}`), "not_json"],
  ["UTF-16 LE with BOM", utf16(GOOD, [0xff, 0xfe]), (reason) => reason === "encoding" || reason === "not_json"],
  ["UTF-16 LE without BOM", utf16(GOOD, []), "not_json"],
  ["depth 129", utf8(nested(128)), "depth"],
  ["depth 100,000", utf8(nested(100_000)), "depth"],
  ["depth 100,000, never closed", utf8(`{${TOKEN},"x":${"[".repeat(100_000)}`), "depth"],
  ["an array", utf8(`[${GOOD}]`), "not_object"],
  ["a string", utf8("\"tok-abc\""), "not_object"],
  ["null", utf8("null"), "not_object"],
  ["a number", utf8("3600"), "not_object"],
  ["access_token twice", utf8(`{${TOKEN},"access_token":"tok-def"}`), "duplicate_member"],
  ["access_token twice, the same", utf8(`{${TOKEN},${TOKEN}}`), "duplicate_member"],
  ["access_token twice, once escaped", utf8(`{${TOKEN},"access\\u005ftoken":"tok-def"}`), "duplicate_member"],
  ["expires_in twice", utf8(`{${TOKEN},"expires_in":3600,"expires_in":60}`), "duplicate_member"],
  ["token_type twice", utf8(`{${TOKEN},"token_type":"bearer","token_type":"bearer"}`), "duplicate_member"],
  ["refresh_token twice", utf8(`{${TOKEN},"refresh_token":"a","refresh_token":"b"}`), "duplicate_member"],
  ["scope twice", utf8(`{${TOKEN},"scope":"a","scope":"b"}`), "duplicate_member"],
  ["error twice, once null", utf8(`{${TOKEN},"error":null,"error":""}`), "duplicate_member"],
  ["no access_token", utf8("{\"token_type\":\"bearer\"}"), "access_token"],
  ["access_token null", utf8("{\"access_token\":null}"), "access_token"],
  ["access_token empty", utf8("{\"access_token\":\"\"}"), "access_token"],
  ["access_token a number", utf8("{\"access_token\":42}"), "access_token"],
  ["access_token an object", utf8("{\"access_token\":{}}"), "access_token"],
  ["access_token with a space", utf8("{\"access_token\":\"tok abc\"}"), "access_token"],
  ["access_token with CR LF", utf8("{\"access_token\":\"tok\\r\\nX-Evil: 1\"}"), "access_token"],
  ["access_token with NUL", utf8("{\"access_token\":\"tok\\u0000\"}"), "access_token"],
  ["access_token with DEL", utf8("{\"access_token\":\"tok\\u007f\"}"), "access_token"],
  ["access_token not ASCII", utf8("{\"access_token\":\"töken\"}"), "access_token"],
  ["access_token a lone surrogate", utf8("{\"access_token\":\"tok\\ud800\"}"), "access_token"],
  ["access_token of 16,385 bytes", utf8(`{"access_token":"${"t".repeat(16_385)}"}`), "access_token"],
  ["token_type N_A", utf8(`{${TOKEN},"token_type":"N_A"}`), "token_type"],
  ["token_type mac", utf8(`{${TOKEN},"token_type":"mac"}`), "token_type"],
  ["token_type empty", utf8(`{${TOKEN},"token_type":""}`), "token_type"],
  ["token_type a number", utf8(`{${TOKEN},"token_type":1}`), "token_type"],
  ["token_type padded", utf8(`{${TOKEN},"token_type":" bearer "}`), "token_type"],
];

/** `[label, bytes, expected members of Token, warning]` with status 200. */
const USABLE = [
  ["a BOM", [0xef, 0xbb, 0xbf, ...utf8(GOOD)], {}, false],
  ["white space around", utf8(`\r\n\t ${GOOD}\n`), {}, false],
  ["depth 128", utf8(nested(127).replace("{", "{\"token_type\":\"bearer\",\"expires_in\":3600,")), {}, false],
  ["unknown members twice, __proto__ and constructor", utf8(`{"__proto__":{"expires_in":1},"x":1,"x":2,"constructor":{},${GOOD.slice(1)}`), {}, false],
  ["absolute times", utf8(`{"expires_at":1,"expires_on":"2020-01-01","exp":1,${GOOD.slice(1)}`), {}, false],
  ["a token URL and other metadata", utf8(`{"token_endpoint":"https://evil.example","instance_url":"https://evil.example","issuer":"x",${GOOD.slice(1)}`), {}, false],
  ["error null", utf8(`{"error":null,${GOOD.slice(1)}`), {}, false],
  ["error empty", utf8(`{"error":"",${GOOD.slice(1)}`), {}, false],
  ["no token_type", utf8(`{${TOKEN},"expires_in":3600}`), {}, true],
  ["token_type null", utf8(`{${TOKEN},"token_type":null,"expires_in":3600}`), {}, true],
  ["a token of 16,384 bytes", utf8(`{"access_token":"${"t".repeat(16_384)}","token_type":"bearer","expires_in":3600}`), { accessToken: "t".repeat(16_384) }, false],
  ["escapes", utf8(`{"access\\u005ftoken":"tok\\u002dabc","token_type":"b\\u0065arer","expires_in":3600}`), {}, false],
  ["scope as string", utf8(`{"scope":"a b",${GOOD.slice(1)}`), { scope: "a b" }, false],
  ["scope as array", utf8(`{"scope":["a","b"],${GOOD.slice(1)}`), { scope: "a b" }, false],
  ["scope as number", utf8(`{"scope":7,${GOOD.slice(1)}`), { scope: undefined }, false],
];

/** `[expires_in as JSON, seconds of life]`; null: not understood, 300 seconds are assumed. */
const LIFETIMES = [
  ["3600", 3600], ["3600.9", 3600], ["3.6e3", 3600], ["\"3600\"", 3600], ["\"007200\"", 7200], ["1", 1], ["86400", 86_400],
  ["86401", 86_400], ["1e300", 86_400], ["99999999999999999999", 86_400], ["\"99999999999999999999999\"", 86_400], ["172799", 86_400],
  ["null", null], ["\"abc\"", null], ["\" 60 \"", null], ["\"0x10\"", null], ["\"\"", null], ["\"6e1\"", null], ["\"-5\"", null], ["\"60.5\"", null],
  ["\"2030-01-01T00:00:00Z\"", null], ["{}", null], ["[60]", null], ["true", null], ["\"٦٠\"", null], [undefined, null],
];

/** `[body, expected]` of error answers; `status` is what they come with. */
const ERRORS = [
  [200, { error: "invalid_client", access_token: "tok-abc" }, { code: "token_client_rejected", oauthError: "invalid_client" }],
  [200, { error: ["Login failed."] }, { code: "token_request_rejected", oauthErrorDescription: "Login failed." }],
  [200, { error: { code: 7 } }, { code: "token_request_rejected" }],
  [201, { error: "server_busy" }, { code: "token_request_rejected", oauthError: "server_busy" }],
];

const statusRows = [202, 203, 204, 205, 206, 207, 226, 304];

const rowClient = (t, row, extra) => t.client({ baseUrl: `${t.base}/v${row}`, retry: { maxRetries: 0 }, ...extra });

export default [
  {
    name: "T41 only 200 and 201 can be a token",
    rules: ["T41", "H3"],
    serve(x) {
      const status = [200, 201, ...statusRows][x.variant];
      return [204, 205, 304].includes(status) ? x.empty(status) : x.bytes(status, utf8(GOOD));
    },
    async run(t) {
      for (const row of [0, 1]) t.assert.equal((await (await rowClient(t, row)).token()).accessToken, "tok-abc", "token");
      for (const [at, status] of statusRows.entries()) {
        await t.refused((await rowClient(t, at + 2)).token(), { code: "token_response_invalid", reason: "status", status, retryable: false }, String(status));
      }
    },
  },
  {
    name: "T42 T43 T45 T46 what is no token is token_response_invalid, with the reason",
    rules: ["T42", "T43", "T45", "T46", "E9"],
    serve: (x) => x.bytes(200, UNUSABLE[x.variant][1], { "Content-Type": x.variant % 2 ? "text/html" : "application/json" }),
    async run(t) {
      for (const [row, [label, , reason]] of UNUSABLE.entries()) {
        await t.refused((await rowClient(t, row)).token(), { code: "token_response_invalid", category: "protocol", reason, status: 200, retryable: false, attempts: 1 }, label);
      }
      await t.server.saw({ token: UNUSABLE.length });
    },
  },
  {
    name: "T42 T43 T44 T46 T48 odd but unambiguous answers are tokens",
    rules: ["T42", "T43", "T44", "T46", "T48"],
    serve: (x) => x.bytes(200, USABLE[x.variant][1], { "Content-Type": x.variant % 2 ? "text/html; charset=iso-8859-1" : "application/json" }),
    async run(t) {
      for (const [row, [label, , expected, warns]] of USABLE.entries()) {
        t.events.length = 0;
        const token = await (await rowClient(t, row)).token();
        t.assert.includes(token, { accessToken: "tok-abc", tokenType: "Bearer", assumedLifetime: false, ...expected }, label);
        t.assert.equal(t.eventTypes().includes("warning"), warns, `${label}: warning`);
        t.assert.equal({}.expires_in, undefined, `${label}: nothing was written to Object.prototype`);
      }
      await t.server.saw({ token: USABLE.length });
    },
  },
  {
    name: "T47 expires_in in every form",
    rules: ["T47", "L10"],
    serve(x) {
      const [lifetime] = LIFETIMES[x.variant];
      return x.bytes(200, utf8(`{${TOKEN},"token_type":"bearer"${lifetime === undefined ? "" : `,"expires_in":${lifetime}`}}`));
    },
    async run(t) {
      for (const [row, [text, seconds]] of LIFETIMES.entries()) {
        t.events.length = 0;
        const client = await rowClient(t, row);
        const expiresAt = seconds === null ? null : t.clock.iso(seconds * SECOND);
        const token = await client.token();
        t.assert.equal(token.assumedLifetime, seconds === null, `${text}: assumedLifetime`);
        t.assert.equal(token.expiresAt && new Date(token.expiresAt).toISOString(), expiresAt, `${text}: expiresAt`);
        t.assert.equal(t.eventTypes().includes("warning"), seconds === null, `${text}: warning`);
      }
    },
  },
  {
    name: "T47 an unknown lifetime is five minutes",
    platform: "threatq",
    rules: ["T47"],
    serve: (x) => x.bytes(200, utf8(`{${TOKEN},"token_type":"bearer"}`)),
    async run(t) {
      const client = await t.client({ auth: "password" });
      await client.token();
      t.clock.advance(5 * MINUTE - 31 * SECOND);
      await client.token();
      await t.server.saw({ token: 1 });
      t.clock.advance(SECOND);
      await client.token();
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T47 a lifetime of weeks is a day",
    platform: "threatq",
    rules: ["T47"],
    serve: (x) => x.token({ expires_in: 2_592_000 }),
    async run(t) {
      const client = await t.client({ auth: "password" });
      await client.token();
      t.clock.advance(24 * HOUR - 61 * SECOND);
      await client.token();
      await t.server.saw({ token: 1 });
      t.clock.advance(SECOND);
      await client.token();
      await t.server.saw({ token: 2 });
    },
  },
  {
    name: "T44 an error beside a token, or in any shape, is an error",
    rules: ["T44", "E11", "E19"],
    serve: (x) => x.json(ERRORS[x.variant][0], ERRORS[x.variant][1]),
    async run(t) {
      for (const [row, [status, , expected]] of ERRORS.entries()) {
        await t.refused((await rowClient(t, row)).token(), { status, retryable: false, ...expected }, `row ${row}`);
      }
    },
  },
  {
    name: "T45 a token with a line break reaches no header, no event and no error",
    rules: ["T45", "S5", "S12"],
    serve(x) {
      if (!x.isToken) return x.page();
      return x.json(200, { access_token: `${x.mint("evil")}\r\nX-Evil: 1`, token_type: "bearer", expires_in: 3600 });
    },
    async run(t) {
      const client = await t.client({ tokenStore: new MemoryStore() });
      await t.refused(t.get(client), { code: "token_response_invalid", reason: "access_token" });
      await t.server.saw({ token: 1, api: 0 });
    },
  },
];
