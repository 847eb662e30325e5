/** The first 128 bits of SHA-256 in hexadecimal digits: names things after their content. */
export async function digest(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const digestOfText = (text) => digest(new TextEncoder().encode(text));
