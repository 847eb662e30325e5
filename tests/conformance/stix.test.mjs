// What toStix writes, judged by the validator of the standard's own committee, strictly: its advice counts as rules.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { everyKind, ignorant, report, result } from "../package/known.mjs";
import { entry } from "../support/project.mjs";

const { toStix } = await import(entry());
const python = process.env.IOC_PYTHON;
const skip = python ? false : "IOC_PYTHON is not set: no Python with the validator of requirements.txt";
const script = fileURLToPath(new URL("stix_check.py", import.meta.url));

/** Complaints of the validator, and whether the standard's own library gives observables the same ids. */
async function judge(bundle) {
  const child = promisify(execFile)(python, [script]);
  child.child.stdin.end(JSON.stringify(bundle));
  return JSON.parse((await child).stdout);
}

const bare = { firstSeen: null, lastSeen: null, expiresAt: null, tlp: null, tags: [], related: [], score: null, status: null, link: null };
const BUNDLES = {
  "every kind, known in several ways": everyKind(),
  "known without any detail": Object.values(everyKind()).map((each) => ({ ...each, score: null, reports: [report(bare)] })),
  "unknown to all": everyKind().map((each) => ({ ...each, verdict: "unknown", score: null, reports: [ignorant()] })),
  "ended before it began, and hostile names": [
    result({ value: "odd.example", verdict: "suspicious", score: 0 }, report({ name: 'a "b" \\ <c>', expiresAt: "2020-01-01T00:00:00Z", firstSeen: "2026-01-01", lastSeen: null, tags: ["A B", "ü"] })),
  ],
  "nothing": [],
};

for (const [name, results] of Object.entries(BUNDLES)) {
  test(`stix2-validator, strict: ${name}`, { skip }, async (context) => {
    const bundle = toStix(results);
    const { complaints, observables, sameIds } = await judge(bundle);
    context.diagnostic(`${bundle.objects?.length ?? 0} objects, ${observables} observables`);
    assert.deepEqual(complaints, []);
    assert.equal(sameIds, observables);
  });
}
