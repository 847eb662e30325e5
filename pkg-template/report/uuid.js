// UUIDs made of names (RFC 9562, section 5.5), so that the same thing has the same id wherever it is made. The runtimes' own
// SHA-1 is asynchronous, and converters are not.

/** The UUID of a name within a namespace, which is a UUID itself. Names make version 5, if nothing else is asked for. */
export function nameUuid(namespace, name, version = 5) {
  const hash = sha1([...bytesOf(namespace), ...new TextEncoder().encode(name)]).slice(0, 16);
  hash[6] = (hash[6] & 0x0f) | (version << 4);
  hash[8] = (hash[8] & 0x3f) | 0x80;
  const hex = hash.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function bytesOf(uuid) {
  return uuid.replaceAll("-", "").match(/../g).map((byte) => Number.parseInt(byte, 16));
}

/** SHA-1 (FIPS 180-4) of a list of bytes, as a list of bytes. It only names things here; nothing is protected by it. */
export function sha1(bytes) {
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = padded(bytes);
  for (let at = 0; at < words.length; at += 16) addBlock(state, words.slice(at, at + 16));
  return state.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

/** The message as 32-bit words, with its end and its length: a multiple of sixteen. */
function padded(bytes) {
  const words = new Array(Math.ceil((bytes.length + 9) / 64) * 16).fill(0);
  for (const [index, byte] of [...bytes, 0x80].entries()) words[index >> 2] |= byte << (24 - 8 * (index & 3));
  words[words.length - 1] = bytes.length * 8;
  return words;
}

function addBlock(state, block) {
  let [a, b, c, d, e] = state;
  for (let round = 0; round < 80; round += 1) {
    if (round >= 16) block[round] = rotated(block[round - 3] ^ block[round - 8] ^ block[round - 14] ^ block[round - 16], 1);
    const [mixed, constant] = mix(round, b, c, d);
    const next = (rotated(a, 5) + mixed + e + constant + block[round]) | 0;
    [a, b, c, d, e] = [next, a, rotated(b, 30), c, d];
  }
  for (const [index, word] of [a, b, c, d, e].entries()) state[index] = (state[index] + word) | 0;
}

function mix(round, b, c, d) {
  if (round < 20) return [(b & c) | (~b & d), 0x5a827999];
  if (round < 40) return [b ^ c ^ d, 0x6ed9eba1];
  if (round < 60) return [(b & c) | (b & d) | (c & d), 0x8f1bbcdc];
  return [b ^ c ^ d, 0xca62c1d6];
}

function rotated(word, by) {
  return (word << by) | (word >>> (32 - by));
}
