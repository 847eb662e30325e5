// What one platform says about one indicator. All of it comes from outside, and is set as text.

import { el, foreign, honest } from "../dom.js";
import { icon } from "../icons.js";
import { webAddress } from "../result.js";
import { describe } from "../problem.js";
import { capped } from "./capped.js";
import { timeline } from "./timeline.js";
import { scoreBar, tlpSign, verdictSign } from "./verdict.js";

const SHOWN = 12;
/** UTF-16 units of a raw record that are shown; a browser takes seconds for many more. */
const LONGEST_RAW = 200_000;

export function reportCard(report, context) {
  const { text } = context;
  if (report.error) return card(report, false, failed(report, text));
  if (!report.found) return card(report, false, el("p", { class: "muted" }, text("notFound", { name: report.name })));
  return card(
    report,
    signs(report, text),
    facts(report, text),
    tags(report, text),
    sources(report, text),
    attributes(report, text),
    related(report, text),
    foot(report, text),
  );
}

function card({ name }, side, ...content) {
  return el(
    "article",
    { class: "card", part: "card", "aria-label": name },
    el("header", {}, el("h4", {}, foreign(name)), side),
    content,
  );
}

function failed({ name, error }, text) {
  const { title, advice } = describe({ name, error, check: null }, text);
  return [el("p", { class: "problem-title" }, icon("suspicious"), title), el("p", { class: "hint" }, advice)];
}

function signs({ verdict, score }, text) {
  return el("span", { class: `signs ${verdict}` }, scoreBar(score, text), verdictSign(verdict, text));
}

function facts(report, text) {
  const day = (iso) => iso && el("time", { datetime: iso }, text.date(iso));
  const rows = [
    ["status", report.status && foreign(report.status)],
    ["tlp", report.tlp && tlpSign(report.tlp)],
    ["firstSeen", day(report.firstSeen)],
    ["lastSeen", day(report.lastSeen)],
    ["expiresAt", day(report.expiresAt)],
  ].filter(([, value]) => value);
  return (
    rows.length > 0 &&
    el(
      "dl",
      { class: "facts" },
      rows.map(([key, value]) => el("div", {}, el("dt", {}, text(key)), el("dd", {}, value))),
    )
  );
}

function section(key, text, ...content) {
  return el("section", {}, el("h5", {}, text(key)), content);
}

function tags({ tags }, text) {
  if (tags.length === 0) return null;
  const list = el("ul", { class: "tags", role: "list" });
  const more = capped(list, tags, SHOWN, (tag) => el("li", { part: "tag" }, foreign(tag)), text);
  return section("tags", text, list, more);
}

function sources({ sources }, text) {
  return sources.length > 0 && section("sources", text, timeline(sources, text));
}

function attributes({ attributes }, text) {
  if (attributes.length === 0) return null;
  const list = el("dl", { class: "pairs" });
  const pair = ({ name, value }) => el("div", {}, el("dt", {}, foreign(name)), el("dd", {}, foreign(value)));
  const more = capped(list, attributes, SHOWN, pair, text);
  return section("attributes", text, list, more);
}

function related({ related }, text) {
  if (related.length === 0) return null;
  const list = el("ul", { class: "related", role: "list" });
  const one = ({ type, name }) => el("li", {}, el("span", { class: "kind" }, text(`relation.${type}`)), foreign(name));
  const more = capped(list, related, SHOWN, one, text);
  return section("related", text, list, more);
}

function foot(report, text) {
  return el("footer", {}, consoleLink(report, text), raw(report, text));
}

function consoleLink({ link, name }, text) {
  if (!link) return null;
  const href = webAddress(link);
  if (!href) return el("p", { class: "hint" }, foreign(link));
  return el(
    "a",
    { href, target: "_blank", rel: "noopener noreferrer", part: "link" },
    text("openConsole", { name }),
    icon("outward"),
  );
}

function raw({ records }, text) {
  if (records.length === 0) return null;
  const label = text("raw", { n: records.length });
  const fold = el(
    "details",
    { class: "raw", ontoggle: () => fold.open && fold.children.length === 1 && fold.append(pretty(records, label)) },
    el("summary", {}, icon("more"), label),
  );
  return fold;
}

function pretty(records, label) {
  const whole = JSON.stringify(records.length === 1 ? records[0] : records, null, 2) ?? "";
  const shown = whole.length > LONGEST_RAW ? `${whole.slice(0, LONGEST_RAW)} …` : whole;
  return el("pre", { tabindex: "0", role: "region", "aria-label": label, part: "raw" }, honest(shown));
}
