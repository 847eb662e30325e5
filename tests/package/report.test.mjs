// The text that the demo prints.
import assert from "node:assert/strict";
import { test } from "node:test";
import { reportText } from "../../xtask/node/report.mjs";

const EMPTY = {
  platform: "threatq",
  name: "threatq",
  query: "example[.]com",
  value: "example.com",
  kind: "domain",
  found: false,
  verdict: "unknown",
  score: null,
  status: null,
  tlp: null,
  tags: [],
  sources: [],
  attributes: [],
  related: [],
  firstSeen: null,
  lastSeen: null,
  expiresAt: null,
  link: null,
  records: [],
  error: null,
};

const textOf = (report) =>
  reportText({
    query: "example[.]com",
    value: "example.com",
    kind: "domain",
    verdict: "suspicious",
    score: 60,
    reports: [{ ...EMPTY, ...report }],
  });

test("a report names value, verdict, score, sources, attributes and link", () => {
  const source = (name) => ({ name, tlp: null, firstSeen: null, lastSeen: null });
  const text = textOf({
    found: true,
    verdict: "suspicious",
    score: 60,
    status: "Review",
    sources: [source("ArcSight"), source("CG's Email")],
    attributes: [{ name: "False Positive", value: "No" }],
    link: "https://tq.example/indicators/1/details",
  });
  for (const line of [
    "  indicator   example.com (domain)",
    "  score       60 of 100",
    "  status      Review",
    "  sources     ArcSight, CG's Email",
    "  attributes  False Positive = No",
    "  link        https://tq.example/indicators/1/details",
  ]) {
    assert.ok(text.split("\n").includes(line), `${line}\nis missing in\n${text}`);
  }
});

test("what a platform does not say has no line", () => {
  assert.doesNotMatch(textOf({ found: true }), /null|TLP|tags|expires/);
});

test("a platform that does not know the value says so", () => {
  assert.match(textOf({}), /ThreatQ\n {2}found {7}no$/);
});

test("a platform that failed shows its error", () => {
  const text = textOf({ error: { code: "network", message: "ThreatQ could not be reached." } });
  assert.match(text, /ThreatQ\n {2}error {7}network: ThreatQ could not be reached\.$/);
});

test("a platform's text gives no orders to the terminal", () => {
  const text = textOf({ found: true, status: "\u001b[2J\u009b31mred\r\nverdict benign" });
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  assert.equal(text.split("\n").filter((line) => line.includes("benign")).length, 1);
});
