// Texts from files and standard input, piece by piece: whoever reads them never holds more than a piece.

import { createReadStream } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { UsageError } from "./arguments.js";

/** The file name that means standard input. */
export const STANDARD_INPUT = "-";
/** Longest line that is read as a value. No indicator is nearly as long. */
const LONGEST_LINE = 1 << 20;

/** Says what cannot be read before anything is printed. */
export async function requireReadable(files) {
  for (const file of files) if (file !== STANDARD_INPUT) await requireFile(file);
}

async function requireFile(file) {
  const facts = await found(stat(file), file);
  if (facts.isDirectory()) throw new UsageError(`${file} is a folder`);
  await found(access(file, constants.R_OK), file);
}

const WORDS = { ENOENT: "there is no file", ENOTDIR: "there is no file", EACCES: "no permission to read", EISDIR: "this is a folder:" };

/** The same promise; a file that cannot be read is the person's to change. */
export async function found(reading, file) {
  try {
    return await reading;
  } catch (error) {
    throw WORDS[error.code] === undefined ? error : new UsageError(`${WORDS[error.code]} ${file}`);
  }
}

/** The text of a file, or of standard input, in pieces. What is no UTF-8 becomes U+FFFD. */
export async function* textOf(file, signal) {
  const stream = file === STANDARD_INPUT ? process.stdin : createReadStream(file);
  // Ends also a read that waits for a person or a program.
  addAbortSignal(signal, stream);
  const decoder = new TextDecoder();
  for await (const bytes of stream) yield decoder.decode(bytes, { stream: true });
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

/** Values, one per line: for each piece of the text those whose line ends in it. Blank lines are none. */
export async function* valuesOf(texts) {
  let held = "";
  for await (const text of texts) {
    const lines = (held + text).split("\n");
    held = lines.pop();
    if (held.length > LONGEST_LINE) throw new UsageError("a line is too long to be a value; `ioc-lookup extract` finds values in text");
    yield trimmed(lines);
  }
  yield trimmed([held]);
}

function trimmed(lines) {
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}
