// The sandbox's QRadar against clients written elsewhere, and `aql` beside another writer of AQL.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { startSandbox } from "../package/sandbox.mjs";
import { entry } from "../support/project.mjs";
import { Clients, skip } from "./clients.mjs";
import { watched } from "./watched.mjs";

let clients;
before(() => { if (!skip) clients = new Clients("qradar.py"); });
after(() => clients?.stop());

/** The requests without what differs from run to run: each once, ids of searches and addresses left out. */
const shapes = (requests) => [...new Set(requests.map(({ method, path, status }) => `${method} ${path.replace(/\/(s\d+|\d+)(?=\/|$)/g, "/…")} ${status}`))];

describe("over http", () => {
  let sandbox;
  let access;
  before(async () => {
    sandbox = await startSandbox();
    access = sandbox.access.qradar;
  });
  after(() => sandbox?.stop());

  const run = async (context, part) => {
    const { outcome, requests } = await watched(sandbox, context, () => clients.run(part, access));
    return { ...outcome, requests };
  };

  test("requests-oauthlib: a token by GET, its parameters in the vendor's order", { skip }, async (context) => {
    const { outcome, requests } = await run(context, "requests_oauthlib");
    assert.deepEqual(outcome, { members: ["access_token", "scope", "token_type"], status: 200, databases: ["events", "flows", "simarc"] });
    assert.deepEqual(shapes(requests), ["GET /token 200", "GET /api/ariel/databases 200"]);
    assert.deepEqual(requests[0].query.map((pair) => pair.split("=")[0]), ["grant_type", "client_id", "client_secret"]);
  });

  test("qradar4py: versions, endpoints, a refusal, the end of a session", { skip }, async (context) => {
    const { outcome } = await run(context, "qradar4py_help");
    assert.deepEqual(outcome, { newest: "26.0", endpoints: [["id", "path"], ["id", "path"]], refused: [401, 18], logout: "true" });
  });

  test("qradar4py: a search from its query to its end", { skip }, async (context) => {
    const { outcome, requests } = await run(context, "qradar4py_ariel");
    assert.deepEqual(outcome, {
      databases: ["events", "flows", "simarc"],
      custom: true,
      made: [201, true],
      done: ["COMPLETED", 100],
      rows: [50, ["hits", "sourceip"]],
      described: [["sourceip", "Host"], ["hits", "Numeric"]],
      listed: [true, false],
      deleted: [202, 404],
      valid: null,
      invalid: "2000",
    });
    const made = requests.find(({ method, path }) => method === "POST" && path === "/api/ariel/searches");
    assert.deepEqual([made.bodyBytes, made.query[0].split("=")[0]], [0, "query_expression"]);
  });

  test("qradar4py: from an address to its offenses and its victims", { skip }, async (context) => {
    const { outcome } = await run(context, "qradar4py_siem");
    assert.deepEqual(outcome, {
      offenses: [[103, "HIDDEN"], [102, "OPEN"]],
      closed: ["CLOSED", 1],
      still_open: [{ id: 102 }],
      same: true,
      victims: ["192.0.2.77"],
    });
  });

  test("qradar4py: a set under the old names, made, filled, emptied, deleted", { skip }, async (context) => {
    const { outcome } = await run(context, "qradar4py_reference");
    assert.deepEqual(outcome, {
      made: [201, 0],
      loaded: 3,
      added: 4,
      found: [["c", "qradar4py"]],
      removed: 3,
      gone_for_newer: 410,
      purged: [202, 0],
      deleted: [202, 404],
      known: ["203.0.113.9"],
      others: [[], [], []],
    });
  });

  test("stix-shifter: everything that it can ask for is a query that runs", { skip }, async () => {
    const { outcome } = await clients.run("stix_shifter_patterns", access);
    assert.ok(outcome.count > 150, `${outcome.count} queries`);
    assert.deepEqual(outcome.refused, []);
  });

  test("pySigma: rules are queries that run", { skip }, async (context) => {
    const { outcome } = await clients.run("pysigma_queries", access);
    for (const query of outcome.queries) context.diagnostic(query);
    assert.deepEqual(outcome.refused, []);
  });
});

describe("over https, trusting the sandbox's authority", () => {
  let sandbox;
  let access;
  before(async () => {
    sandbox = await startSandbox("--tls");
    access = { ...sandbox.access.qradar, ca: sandbox.access.ca };
  });
  after(() => sandbox?.stop());

  test("stix-shifter: ping, a search polled, read and deleted, and refusals that it understands", { skip }, async (context) => {
    const { outcome: { outcome }, requests } = await watched(sandbox, context, () => clients.run("stix_shifter_transmit", access));
    assert.deepEqual(outcome, {
      ping: { success: true },
      status: { success: true, status: "COMPLETED", progress: 100 },
      rows: [true, ["URL", "sourceip"], ["203.0.113.9"]],
      deleted: { success: true },
      deleted_again: "no_results",
      gone: "no_results",
      invalid: "invalid_query",
      refused: false,
    });
    assert.deepEqual(shapes(requests), [
      "POST /api/ariel/searches 201",
      "GET /api/ariel/searches/… 200",
      "GET /api/ariel/searches/…/results 200",
      "GET /api/help/resources 200",
      "DELETE /api/ariel/searches/… 202",
      "DELETE /api/ariel/searches/… 404",
      "GET /api/ariel/searches/… 404",
      "POST /api/ariel/searches 422",
      "GET /api/help/resources 401",
    ]);
  });

  test("stix-shifter: its command line finds an address in events and in flows", { skip }, async (context) => {
    const { outcome: { outcome }, requests } = await watched(sandbox, context, () => clients.run("stix_shifter_execute", access));
    assert.deepEqual(outcome, { kinds: ["Standard Flow", "event"], all_with_the_address: true, none_ends_in_the_future: true });
    assert.equal(requests.filter(({ method, status }) => method === "POST" && status === 201).length, 2);
  });
});

describe("the package's aql", () => {
  /** Numbers that look thrown and are the same in every run (mulberry32). */
  function dice(seed) {
    return (end) => {
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) % end;
    };
  }

  test("pySigma quotes 4,000 texts as it does", { skip }, async () => {
    const { aql } = await import(entry());
    const throwOne = dice(20);
    const pieces = ["'", "''", '"', "\\", "\\'", "%", "_", "*", "?", ";", "--", "/*", " OR ''='", "${", "`", "ä", "ß", "漢", "𝒜", "\u2028", "a", "B", "7", " "];
    const values = Array.from({ length: 4_000 }, () => Array.from({ length: throwOne(12) }, () => pieces[throwOne(pieces.length)]).join(""));
    const { outcome } = await clients.run("pysigma_quotes", { values });
    assert.equal(outcome.length, values.length);
    for (const [index, value] of values.entries()) assert.equal(aql`${value}`, outcome[index], JSON.stringify(value));
  });
});
