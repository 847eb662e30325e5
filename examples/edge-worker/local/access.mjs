// A stand-in for Cloudflare Access: certificates on loopback, and the assertions that Access would put into requests.

import { once } from "node:events";
import { createServer } from "node:http";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** Returns `{ team, audience, assert(email, changes?), close() }`. */
export async function startAccess() {
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const certificate = { ...(await exportJWK(publicKey)), kid: "local", alg: "RS256", use: "sig" };
  const server = createServer((request, response) => {
    const found = request.url === "/cdn-cgi/access/certs";
    response.writeHead(found ? 200 : 404, { "Content-Type": "application/json" });
    response.end(JSON.stringify(found ? { keys: [certificate] } : null));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const team = `http://127.0.0.1:${server.address().port}`;
  const audience = "a".repeat(64);
  return {
    team,
    audience,
    /** What Access says about a person. `changes` make it wrong: claims, header, key. */
    assert(email, { claims = {}, header = {}, key = privateKey } = {}) {
      const now = Math.floor(Date.now() / 1000);
      const said = { email, sub: email, iss: team, aud: [audience], iat: now, exp: now + 3_600, ...claims };
      return new SignJWT(said).setProtectedHeader({ alg: "RS256", kid: "local", ...header }).sign(key);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
