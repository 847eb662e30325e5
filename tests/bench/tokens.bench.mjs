// 1,000 calls at once while their token is good for nothing: how many token requests that makes, and how many calls fail.
//
// Counted, not timed, by a server that counts. Revoked: the client believes in the token until it is told otherwise.
// Expired: the client could have known.
import { once } from "node:events";
import { createServer } from "node:http";
import { OAuth2Client, OAuth2Fetch } from "@badgateway/oauth2-client";
import { OAuth2Client as GoogleClient } from "google-auth-library";
import { ours, print, row } from "./measure.mjs";

const CALLS = 1_000;
const HOUR_S = 3_600;

const { createClient } = await import(ours());

/** A token endpoint at `/api/token`; everything else wants the newest token. */
class Server {
  tokenRequests = 0;
  #issued = 0;
  #newest = null;
  #lifeS = HOUR_S;
  #http = createServer((request, response) => this.#answer(request, response));

  async start() {
    this.#http.listen(0, "127.0.0.1");
    await once(this.#http, "listening");
    this.url = `http://127.0.0.1:${this.#http.address().port}`;
  }

  stop() {
    this.#http.closeAllConnections();
    this.#http.close();
  }

  /** From here on no issued token is accepted, and requests are counted. */
  revoke() {
    this.#newest = null;
    this.tokenRequests = 0;
  }

  /** What the next tokens are said to live. */
  live(seconds) {
    this.#lifeS = seconds;
  }

  async #answer(request, response) {
    request.resume();
    await once(request, "end");
    const send = (status, body) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    if (request.url === "/api/token") {
      this.tokenRequests += 1;
      this.#newest = `token-${++this.#issued}`;
      return send(200, { access_token: this.#newest, token_type: "bearer", expires_in: this.#lifeS });
    }
    // The name of a scheme may be written either way; google-auth-library writes it as the token's answer does.
    const [, token] = /^bearer (.*)$/i.exec(request.headers.authorization ?? "") ?? [];
    const good = this.#newest !== null && token === this.#newest;
    return good ? send(200, { data: {} }) : send(401, { errors: ["Unauthorized."] });
  }
}

/** `call` resolves once its answer is read, and rejects unless that was a success. */
async function openOurs({ url }) {
  const auth = { grant: "client_credentials", clientId: "id", clientSecret: "secret" };
  const client = await createClient({ platform: "threatq", baseUrl: url, auth, allowInsecureLoopback: true });
  return { call: async () => succeeded(await client.request("/api/x")), close: () => client.close() };
}

const peers = {
  async "@badgateway/oauth2-client"({ url }) {
    const client = new OAuth2Client({ server: url, clientId: "id", clientSecret: "secret", tokenEndpoint: "/api/token" });
    const fetcher = new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials(), scheduleRefresh: false });
    return { call: async () => succeeded(await fetcher.fetch(`${url}/api/x`)), close() {} };
  },
  // It knows no client credentials; a refresh token serves it as well. Unless told to, it believes in a token until its time is up.
  async "google-auth-library"({ url }) {
    const endpoints = { oauth2TokenUrl: `${url}/api/token` };
    const client = new GoogleClient({ clientId: "id", clientSecret: "secret", endpoints, forceRefreshOnFailure: true });
    client.setCredentials({ refresh_token: "refresh" });
    return { call: () => client.request({ url: `${url}/api/x` }), close() {} };
  },
};

async function succeeded(answer) {
  await answer.text();
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
}

/** What `prepare` makes of the first token, and then all calls at once. */
async function trouble(open, prepare) {
  const server = new Server();
  await server.start();
  const client = await open(server);
  try {
    await prepare(server, client.call);
    const calls = Array.from({ length: CALLS }, () => client.call());
    const failed = (await Promise.allSettled(calls)).filter(({ status }) => status === "rejected").length;
    return { sent: server.tokenRequests, failed };
  } finally {
    client.close();
    server.stop();
  }
}

async function revoked(server, call) {
  await call();
  server.revoke();
}

/** The server says a second and keeps it. */
async function expired(server, call) {
  server.live(1);
  await call();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  server.live(HOUR_S);
  server.revoke();
}

const rows = [];
for (const [name, prepare] of [["revoked", revoked], ["expired", expired]]) {
  const mine = await trouble(openOurs, prepare);
  for (const [peer, open] of Object.entries(peers)) {
    const theirs = await trouble(open, prepare);
    rows.push(
      row({ what: `1,000 calls, token ${name}: token requests`, unit: "sent", ours: mine.sent, peer: { name: peer, value: theirs.sent }, atMost: 1 }),
      row({ what: `1,000 calls, token ${name}: failed calls`, unit: "calls", ours: mine.failed, peer: { name: peer, value: theirs.failed }, atMost: 0 }),
    );
  }
}
print(rows);
