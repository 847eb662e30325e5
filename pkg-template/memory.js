// The memory of the core: questions are written there as UTF-8, and answers are read as words and texts. `src/js/memory.rs` is
// the other side.

import { core, generation } from "./load.js";

/** Words before those of the first answer: where the texts of all are, and how long they are together. */
export const HEAD = 2;

/** A question of more bytes has room for itself alone. */
const KEPT = 1 << 16;

class Memory {
  #memory;
  #bytes;
  #words;
  #room = 0;
  #roomLength = 0;

  constructor(given) {
    this.#memory = given;
    this.#look();
  }

  get bytes() {
    if (this.#bytes.length === 0) this.#look();
    return this.#bytes;
  }

  get words() {
    if (this.#words.length === 0) this.#look();
    return this.#words;
  }

  /** A memory that has grown is another buffer, and views of the former one are empty. */
  #look() {
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Uint32Array(this.#memory.buffer);
  }

  /** Writes a question where the core reads it; returns its length in bytes. */
  ask(text) {
    // Three bytes are the most that a unit takes.
    const most = text.length * 3;
    if (most > KEPT) return this.#askLong(text);
    if (most > this.#roomLength) this.#takeRoom(Math.max(most, 256));
    return this.#writeShort(text) ?? this.#write(text).written;
  }

  /** Long texts are nearly all ASCII: what they need at most is taken only when that is not so. */
  #askLong(text) {
    this.#takeRoom(text.length + (text.length >> 3));
    let { read, written } = this.#write(text);
    if (read < text.length) {
      this.#takeRoom(text.length * 3);
      written = this.#write(text).written;
    }
    this.#roomLength = 0;
    return written;
  }

  #takeRoom(length) {
    this.#room = core().room(length);
    this.#roomLength = length;
  }

  #write(text) {
    return encoder.encodeInto(text, this.bytes.subarray(this.#room, this.#room + this.#roomLength));
  }

  /** Short texts of ASCII, nearly all there are, are written and read faster without a codec. */
  #writeShort(text) {
    const length = text.length;
    if (length > 128) return undefined;
    const bytes = this.bytes;
    const room = this.#room;
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index);
      if (unit > 127) return undefined;
      bytes[room + index] = unit;
    }
    return length;
  }

  /** All texts of the answers that lie at this word, one behind the other. */
  texts(place) {
    const length = this.words[place + 1];
    if (length === 0) return "";
    const address = this.words[place];
    return this.#readShort(address, length) ?? decoder.decode(this.bytes.subarray(address, address + length));
  }

  /** Longer ones a codec reads faster. */
  #readShort(address, length) {
    if (length > 12) return undefined;
    const bytes = this.bytes;
    let text = "";
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[address + index];
      if (byte > 127) return undefined;
      text += String.fromCharCode(byte);
    }
    return text;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What belongs to one instance of the core: its memory, and the words it has numbers for. */
let present = { generation: -1 };

function ofInstance() {
  if (present.generation !== generation() || present.memory === undefined) {
    const { coreMemory, coreNames } = core();
    present = { memory: new Memory(coreMemory()), names: coreNames(), generation: generation() };
  }
  return present;
}

export const memory = () => ofInstance().memory;
/** `{ kinds, matchedBy, verdicts }`, in the order of their numbers. */
export const names = () => ofInstance().names;
