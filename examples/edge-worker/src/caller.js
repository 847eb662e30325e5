// Who calls? A person whom Cloudflare Access let in, or a program with a key. Anybody else is nobody.
//
// - **Person**: the header `Cf-Access-Jwt-Assertion`, signed by the team's Access. It is verified although Access stands
//   before the Worker: a route that somebody forgot to protect must not be open.
// - **Program**: `Authorization: Bearer <key>`. The Worker knows SHA-256 of the keys only: `CALLER_KEYS` is
//   `{"<name>": "<hex>"}`.

import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { Refusal } from "./refusal.js";
import { settingsOf } from "./settings.js";

const LONGEST_ASSERTION = 16_384;
const KEY = /^Bearer ([\x21-\x7e]{20,200})$/;

/** The certificates of the Access team: fetched when needed, and again when one is unknown. */
let certificates;

/** The name of the caller; a refusal if there is none. */
export async function requireCaller(request, env) {
  const caller = (await person(request, env)) ?? (await program(request, env));
  if (caller !== null) return caller;
  throw new Refusal(401, "unauthorized", "Sign in, or send a key.", { headers: { "WWW-Authenticate": "Bearer" } });
}

async function person(request, env) {
  const { accessTeam: issuer, accessAudience: audience } = settingsOf(env);
  const assertion = request.headers.get("Cf-Access-Jwt-Assertion");
  if (assertion === null || assertion.length > LONGEST_ASSERTION || issuer === null || audience === null) return null;
  certificates ??= createRemoteJWKSet(new URL(`${issuer}/cdn-cgi/access/certs`));
  try {
    const required = { issuer, audience, algorithms: ["RS256"], requiredClaims: ["exp", "iat"] };
    const { payload } = await jwtVerify(assertion, certificates, required);
    // A service token of Access has a common_name in place of an address.
    return `person:${payload.email ?? payload.common_name ?? payload.sub ?? "unnamed"}`;
  } catch (error) {
    if (isForgery(error)) return null;
    throw error;
  }
}

/** Everything that is wrong with the assertion itself; that certificates cannot be fetched is not. */
function isForgery(error) {
  return error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout) && error.code !== "ERR_JOSE_GENERIC";
}

async function program(request, env) {
  const [, key] = KEY.exec(request.headers.get("Authorization") ?? "") ?? [];
  if (key === undefined) return null;
  const given = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  let found = null;
  // Each is compared to its end, in the same time whether it is right or wrong.
  for (const [name, hash] of knownKeys(env)) if (crypto.subtle.timingSafeEqual(given, hash)) found = `program:${name}`;
  return found;
}

let keys;

function knownKeys(env) {
  keys ??= Object.entries(JSON.parse(env.CALLER_KEYS ?? "{}")).map(([name, hex]) => [name, bytesOf(hex)]);
  return keys;
}

function bytesOf(hex) {
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new TypeError("CALLER_KEYS must hold SHA-256 in hexadecimal digits");
  return Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
}
