// `ioc-lookup extract`, `refang` and `defang`: texts of any length, in pieces of any length.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { entry, packaged } from "../support/project.mjs";
import { collect, folder, ioc, program, start, surroundings } from "./command.mjs";

const { extract, refang } = await import(entry());
const { findIn, wholeLines } = await import(pathToFileURL(packaged("cli/windows.js")).href);

const TEXT = "Mail from billing@example[.]com led to hxxps://bad[.]example/gate.php\nand to 203.0.113.9:443, twice: 203.0.113.9.\n";
const REPORTS = fileURLToPath(new URL("../../../shared/data/reports/", import.meta.url));

describe("extract", () => {
  test("prints one value per line", async () => {
    const { code, out, err } = await ioc(["extract"], { input: TEXT });
    assert.deepEqual([code, err], [0, ""]);
    assert.equal(out, "billing@example.com\nhttps://bad.example/gate.php\n203.0.113.9\n203.0.113.9\n");
  });

  test("--unique prints each once, --kind some, --exclude-special none that is special", async () => {
    const values = async (...args) => (await ioc(["extract", ...args], { input: `${TEXT} and 9.9.9.9 and 1.1.1.1` })).out.trimEnd().split("\n");
    assert.deepEqual(await values("--unique", "--kind", "ipv4"), ["203.0.113.9", "9.9.9.9", "1.1.1.1"]);
    assert.deepEqual(await values("--kind", "email", "--kind", "url"), ["billing@example.com", "https://bad.example/gate.php"]);
    assert.deepEqual(await values("--exclude-special"), ["9.9.9.9", "1.1.1.1"]);
  });

  test("json and ndjson are what extract() returns", async () => {
    const { out: json } = await ioc(["extract", "--format", "json", "--include-low"], { input: TEXT });
    const { out: lines } = await ioc(["extract", "--format", "ndjson", "--include-low"], { input: TEXT });
    const expected = extract(TEXT, { includeLow: true });
    assert.deepEqual(JSON.parse(json), expected);
    assert.deepEqual(lines.trimEnd().split("\n").map((line) => JSON.parse(line)), expected);
  });

  test("csv neutralises what a spreadsheet would take for a formula", async () => {
    const { out } = await ioc(["extract", "--format", "csv"], { input: "a =cmd@example.com, and \"b\" http://x.example/?a=1,2\"" });
    const [head, ...rows] = out.trimEnd().split("\r\n");
    assert.equal(head, "value,kind,confidence,defanged,special,raw,start,end");
    for (const row of rows) assert.doesNotMatch(row, /(^|,)"?[=+@-]/);
    assert.match(rows.at(-1), /^"http:\/\/x\.example\/\?a=1,2",url/);
  });

  test("reads files, one after the other; an indicator does not go from one into the next", async () => {
    const place = await folder();
    const [one, two] = [join(place, "one"), join(place, "two")];
    await writeFile(one, "203.0.113.9 bad.");
    await writeFile(two, "example 198.51.100.7");
    assert.equal((await ioc(["extract", one, two])).out, "203.0.113.9\n198.51.100.7\n");
    assert.equal((await ioc(["extract", one, "-"], { input: "192.0.2.1" })).out, "203.0.113.9\n192.0.2.1\n");
    const told = (await ioc(["extract", one, two, "--format", "ndjson"])).out.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.deepEqual(told.map(({ file, start }) => [file, start]), [[one, 0], [two, 8]]);
    assert.match((await ioc(["extract", one, two, "--format", "csv"])).out, /^file,value,/);
  });

  test("any bytes are a text", async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0x80]), Buffer.from(" 203.0.113.9 \u0000"), Buffer.from([0xf0, 0x9f])]);
    assert.deepEqual(await ioc(["extract"], { input: bytes }), { code: 0, out: "203.0.113.9\n", err: "" });
  });

  test("a reader that goes away ends it quietly", async () => {
    const child = start(["extract"], { input: "http://bad.example/\n".repeat(100_000) });
    const err = collect(child.stderr);
    await once(child.stdout, "data");
    child.stdout.destroy();
    assert.deepEqual(await once(child, "close"), [141, null]);
    assert.equal(err(), "");
  });

  test("Ctrl-C ends it while it waits for more; json is then not begun", async () => {
    const child = start(["extract", "--format", "json"], { input: null });
    const [out, err] = [collect(child.stdout), collect(child.stderr)];
    // More than fits into the pipe: once it is written, somebody has read.
    await new Promise((resolve) => child.stdin.write("203.0.113.9\n".repeat(50_000), resolve));
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "close"), [130, null]);
    assert.deepEqual([out(), err()], ["", "ioc-lookup: interrupted\n"]);
  });

  test("a full disk is told, with exit code 1", { skip: process.platform !== "linux" && "no /dev/full here" }, async () => {
    const full = await open("/dev/full", "w");
    const child = spawn(program, ["refang", "a[.]example"], { env: surroundings(), stdio: ["ignore", full.fd, "pipe"] });
    const err = collect(child.stderr);
    assert.deepEqual(await once(child, "close"), [1, null]);
    assert.equal(err(), "ioc-lookup: write failed: ENOSPC\n");
    await full.close();
  });
});

describe("a text in pieces gives what the whole text gives:", () => {
  const options = { includeLow: true };
  const inPieces = async (text, size) => (await all(findIn(pieces(text, size), (window) => extract(window, options)))).flat();

  test("every report, cut at random", async (t) => {
    const names = (await readdir(REPORTS).catch(() => [])).filter((name) => name.endsWith(".adoc"));
    if (names.length === 0) return t.skip("../shared/data/reports is absent");
    const random = seeded(7);
    for (const name of names) {
      const text = await readFile(join(REPORTS, name), "utf8");
      assert.deepEqual(await inPieces(text, () => 1 + Math.floor(random() * 200)), extract(text, options), name);
    }
  });

  test("one line longer than a window, cut into windows", async () => {
    const line = "GET https://bad.example/gate.php?id=1 from 203.0.113.9 version 1.2.3.4 d41d8cd98f00b204e9800998ecf8427e | ".repeat(30_000);
    assert.deepEqual(await inPieces(line, () => 65_536), extract(line, options));
  });

  test("a run of hexadecimal digits longer than a window holds no hash", async () => {
    assert.deepEqual(await inPieces("0123456789abcdef".repeat(200_000), () => 65_521), []);
  });

  test("lines are rewritten alike, also one that is longer than memory should hold", async () => {
    for (const text of ["hxxp://bad[.]example/ and\n  more", `${"see bad[.]example ".repeat(100_000)}\nend`, ""]) {
      const rewritten = (await all(wholeLines(pieces(text, () => 4_096)))).map(refang).join("");
      assert.equal(rewritten, refang(text));
    }
  });
});

describe("refang and defang", () => {
  test("rewrite arguments, a line each", async () => {
    assert.equal((await ioc(["refang", "hxxp://bad[.]example", "a[at]b[.]example"])).out, "http://bad.example\na@b.example\n");
    assert.equal((await ioc(["defang", "http://bad.example", "203.0.113.9"])).out, "hxxp://bad[.]example\n203[.]0[.]113[.]9\n");
  });

  test("rewrite standard input and leave all else: line ends, blanks, a missing last line end", async () => {
    const input = "see\thttp://bad.example/ \r\n\r\n  203.0.113.9";
    const { out } = await ioc(["defang"], { input });
    assert.equal(out, "see\thxxp://bad[.]example/ \r\n\r\n  203[.]0[.]113[.]9");
    assert.equal((await ioc(["refang", "-"], { input: out })).out, input);
  });

  test("after `--` anything is a text", async () => {
    assert.equal((await ioc(["defang", "--", "--help", "-"])).out, "--help\n-\n");
  });
});

test("extract reads a gigabyte in constant memory", { skip: process.platform !== "linux" && "memory is read from /proc" }, async () => {
  const block = Buffer.from(`${"the quick brown fox jumps over the lazy dog and says nothing of importance\n".repeat(13_980)}see 203.0.113.9\n`);
  const child = start(["extract", "--unique"], { input: null });
  const out = collect(child.stdout);
  const peaks = [];
  for (let megabyte = 1; megabyte <= 1_024; megabyte += 1) {
    if (!child.stdin.write(block)) await once(child.stdin, "drain");
    if (megabyte === 128 || megabyte === 1_024) peaks.push(await peakMegabytes(child.pid));
  }
  child.stdin.end();
  assert.deepEqual(await once(child, "close"), [0, null]);
  assert.equal(out(), "203.0.113.9\n");
  const [early, late] = peaks;
  assert.ok(late < early + 64 && late < 512, `${early} MB after 128 MB of text, ${late} MB after 1,024`);
});

// ------------------------------------------------------------------ tools

async function all(iterable) {
  const list = [];
  for await (const one of iterable) list.push(one);
  return list;
}

async function* pieces(text, size) {
  for (let at = 0; at < text.length; ) {
    const next = at + size();
    yield text.slice(at, next);
    at = next;
  }
}

/** Random numbers that are the same in every run. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Most memory that a process ever had. */
async function peakMegabytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)[1]) / 1_024);
}
