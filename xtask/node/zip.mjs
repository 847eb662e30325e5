// A zip file whose bytes depend on nothing but its contents: no times, no owners, the order that is given.
//
// - **Source**: PKWARE's APPNOTE, 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end); method 8 is deflate.
import { deflateRawSync } from "node:zlib";

/** 1980-01-01, the first day that the format knows: (year - 1980) << 9 | month << 5 | day. */
const DATE = (1 << 5) | 1;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 1 << 11;
const DEFLATE = 8;

/** `files` are `{ name, bytes }`; names with forward slashes. */
export function zipOf(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const path = Buffer.from(name, "utf8");
    const packed = deflateRawSync(bytes, { level: 9 });
    const common = commonOf(path, bytes, packed);
    const local = Buffer.concat([uint32(0x04034b50), common, path, packed]);
    directory.push(entryOf(common, path, offset));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, endOf(files.length, central.length, offset)]);
}

/** What a local header and its entry in the directory have in common. */
function commonOf(path, bytes, packed) {
  return Buffer.concat([
    ...[VERSION, FLAGS, DEFLATE, 0, DATE].map(uint16),
    ...[crc32(bytes), packed.length, bytes.length].map(uint32),
    ...[path.length, 0].map(uint16),
  ]);
}

function entryOf(common, path, offset) {
  const about = [0, 0, 0].map(uint16);
  return Buffer.concat([uint32(0x02014b50), uint16(VERSION), common, ...about, uint32(0), uint32(offset), path]);
}

function endOf(count, size, offset) {
  const counts = [0, 0, count, count].map(uint16);
  return Buffer.concat([uint32(0x06054b50), ...counts, uint32(size), uint32(offset), uint16(0)]);
}

const uint16 = (number) => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(number);
  return bytes;
};
const uint32 = (number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number >>> 0);
  return bytes;
};

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** CRC-32 of IEEE 802.3; Node's own is younger than the oldest Node that the tools run on. */
function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 255] ^ (rest >>> 8);
  return ~rest;
}
