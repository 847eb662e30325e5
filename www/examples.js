// The live side of the examples. Every answer here is made up by `invented`: no platform is asked.

import "./pkg/element.js";
import { el } from "./dom.js";

const ALERT =
  "Beacon from 203.0.113.9 to evil[.]example[.]org and hxxps://login.example[.]net/update.php, mail from billing@example[.]com.";

for (const element of document.querySelectorAll("ioc-lookup")) element.ask = invented;
for (const pre of document.querySelectorAll(".example pre:not(.log)")) addCopy(pre);

document.getElementById("german").strings = {
  locale: "de",
  inputLabel: "Indikatoren oder ein Text, der welche enthält",
  inputHint: "Adressen, Domains, URLs, Hashes, CVEs.",
  lookUp: "Nachschlagen",
  clear: "Leeren",
  verdict: { malicious: "Bösartig", suspicious: "Verdächtig", benign: "Harmlos", unknown: "Unbekannt" },
};

const watched = document.getElementById("with-events");
const log = document.getElementById("log");
watched.addEventListener("ioc-result", ({ detail }) => log.append(`${detail.value}: ${detail.verdict}\n`));
watched.addEventListener("ioc-error", ({ detail }) => log.append(`${detail.name}: ${detail.error.code}\n`));
document.getElementById("alert").addEventListener("click", () => {
  log.replaceChildren();
  watched.lookup(ALERT);
});

document.getElementById("ticket").addEventListener("submit", (event) => {
  event.preventDefault();
  const indicators = new FormData(event.target).get("indicators");
  document.getElementById("sent").value = `Sent: indicators=${indicators}`;
});

async function* invented(values) {
  for (const value of values) yield invent(value);
}

function invent(value) {
  const score = [...value].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 101, 7);
  const verdict = score >= 70 ? "malicious" : score >= 40 ? "suspicious" : "unknown";
  const report = {
    platform: "threatq",
    name: "Invented",
    query: value,
    value,
    found: score >= 10,
    verdict,
    score,
    status: "Active",
    tlp: "GREEN",
    tags: ["invented"],
    link: "https://threatq.example.com/",
    sources: [
      { name: "A feed", tlp: "GREEN", firstSeen: "2024-02-01T00:00:00Z", lastSeen: "2025-03-01T00:00:00Z" },
      { name: "A colleague", tlp: null, firstSeen: "2024-09-12T00:00:00Z", lastSeen: null },
    ],
    attributes: [{ name: "Made up", value: "Yes" }],
    records: [{ value, score }],
  };
  return { query: value, value, verdict, score, reports: [report] };
}

function addCopy(pre) {
  const button = el("button", { type: "button", onclick: copy }, "Copy");
  pre.tabIndex = 0;
  pre.replaceWith(el("div", { class: "snippet" }, pre.cloneNode(true), button));

  async function copy() {
    await navigator.clipboard.writeText(pre.textContent);
    button.textContent = "Copied";
  }
}
