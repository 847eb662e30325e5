/**
 * ioc-lookup: ask threat-intelligence platforms what they know about an indicator.
 *
 *     import { createClient, lookup } from "ioc-lookup";
 *     const client = await createClient({ platform: "threatq", baseUrl: "https://tq.example.com", auth: { accessToken } });
 *     const { verdict, reports } = await lookup("hxxps://bad[.]example/login", [client]);
 *
 * What holds for all of it:
 *
 * - **Units**: durations are milliseconds and end in `Ms`; sizes are bytes; points in time are ISO-8601 texts in UTC
 *   (`2026-02-14T07:00:00Z`); offsets into texts count UTF-16 code units, as `slice` does.
 * - **Errors**: whatever fails, fails with a {@link LookupError}. None holds a secret, wherever it is printed.
 * - **Loading**: asynchronous functions load the wasm module themselves. The synchronous ones ({@link classify},
 *   {@link extract}, {@link refang}, {@link defang}, {@link Watchlist}) do so in Node, Deno, Bun and Cloudflare Workers; in browsers await
 *   {@link init} once before.
 *
 * `"ioc-lookup"` and `"ioc-lookup/slim"` share these types. They need neither the DOM's nor Node's: where the surroundings
 * declare `fetch`, `Headers`, `Response`, `AbortSignal` and `URL`, those are used, elsewhere the shapes at the end.
 */

// ---------------------------------------------------------------------------------------------------------- loading

/** The wasm module, its bytes, an answer that holds them, or the address that `fetch` gets them from. */
export type WasmSource = WasmModule | ArrayBuffer | ArrayBufferView | Response | URL | string;

/**
 * Loads the wasm module, once: later calls return at once, and calls during a load share it. After a failed load the next
 * call tries again.
 *
 * Needed before the synchronous functions in browsers, and before everything with `"ioc-lookup/slim"`, which brings no
 * module along:
 *
 *     import init from "ioc-lookup/slim";
 *     await init(chrome.runtime.getURL("core.wasm"));
 *
 * @param source where the module comes from, instead of from the package. Not looked at once a module is there.
 * @throws {LookupError} `wasm_load_failed`; `reason` tells the stage: `source`, `fetch`, `status_404`, `compile`,
 *   `instantiate`, or `not_this_module`. `not_initialised` where the entry brings no module and none is given.
 */
export default function init(source?: WasmSource | Promise<WasmSource>): Promise<void>;

/** Version of the package, as in its `package.json`. */
export const version: string;

// ---------------------------------------------------------------------------------------------------------- clients

/** Platforms that a client, report or error can be of. */
export type PlatformId = "threatq" | "qradar" | "taegis";

/**
 * Makes a client of one account on one platform. Checks the configuration and sends nothing.
 *
 * @throws {LookupError} `config_invalid` (`reason` names the option, for example `auth.clientId`), `insecure_url`,
 *   `browser_secret`; as {@link init} where the module cannot be loaded.
 */
export function createClient(config: ThreatQConfig): Promise<ThreatQ>;
export function createClient(config: QRadarConfig): Promise<QRadar>;
export function createClient(config: TaegisConfig): Promise<Taegis>;
export function createClient(config: ClientConfig): Promise<Client>;

/** Configuration of any platform. */
export type ClientConfig = ThreatQConfig | QRadarConfig | TaegisConfig;

/** What every client can be configured with. */
export interface CommonConfig {
  /** The client's name in reports and events. Default: the platform's id. */
  name?: string | undefined;
  /**
   * Sends the requests, instead of the global `fetch`: through a proxy, with a private CA or a client certificate, or in a
   * test. See {@link Fetch}.
   */
  fetch?: Fetch | undefined;
  /**
   * Keeps tokens when this client is gone, or shares them between processes. Without it they live in memory. It gets
   * access and refresh tokens, never a password or client secret.
   */
  tokenStore?: TokenStore | undefined;
  /** Lets `http://` pass for `localhost`, `127.0.0.0/8` and `[::1]`. Elsewhere it is refused whatever stands here. */
  allowInsecureLoopback?: boolean | undefined;
  /** Lets a password or client secret into a web page, where everybody who opens the page can read it. */
  allowBrowserSecrets?: boolean | undefined;
  /** In milliseconds. In the service worker of an extension the defaults are 25,000 at most. */
  timeouts?:
    | {
        /** One token request, to the last byte of its answer. Default 15,000. */
        tokenMs?: number | undefined;
        /** One other request, to the last byte of its answer. Default 30,000. */
        requestMs?: number | undefined;
        /** One call: queue, token, all requests and the waits between them. Default 60,000. */
        totalMs?: number | undefined;
      }
    | undefined;
  /** Repetition of requests that may succeed later. */
  retry?:
    | {
        /** Repetitions of a request, 0 to 10. Default 2. */
        maxRetries?: number | undefined;
        /** First wait; each further one is twice as long. Up to half of a wait is left to chance. Default 500. */
        baseMs?: number | undefined;
        /** Longest wait, unless the server asks for a longer one. Default 8,000. */
        maxMs?: number | undefined;
      }
    | undefined;
  /** What is too much. Sizes count after decompression. */
  limits?:
    | {
        /** Answer of a token request. Default 1 MiB. */
        tokenBytes?: number | undefined;
        /** Any other answer. Default 16 MiB. */
        responseBytes?: number | undefined;
        /** Requests on the wire at the same time, 1 to 1,000; further ones wait. Default 6. */
        concurrency?: number | undefined;
      }
    | undefined;
  /** Told what happens, for logs and metrics. What it throws or rejects with is ignored. */
  onEvent?: ((event: ClientEvent) => void) | undefined;
  /** The wall clock, in milliseconds since 1970: for tests. What is no number fails the call with `config_invalid`. */
  now?: (() => number) | undefined;
  /** Waits before a retry: for tests. `signal` aborts when nobody waits any more. Timeouts do not use it. */
  sleep?: ((ms: number, signal?: AbortSignal) => Promise<void>) | undefined;
  /** A number from 0 to 1, for the length of waits: for tests. */
  random?: (() => number) | undefined;
}

/** A ThreatQ installation, and who asks it. */
export interface ThreatQConfig extends CommonConfig {
  platform: "threatq";
  /** Address of the console, such as `https://tq.example.com`. It may end in `/` or `/api`, and may have a path. */
  baseUrl: string;
  /**
   * - `password`: a person's account. A password is sent once; a refused one is not sent again for a minute, then for
   *   10 and 30 minutes, since five failures lock the account. `clientId` is shown in the console, Settings,
   *   OAuth Management.
   * - `client_credentials`: a registered client, the choice for services.
   * - `refresh_token`: a login that was made elsewhere. `clientSecret` needs `clientId`.
   * - `accessToken` alone: a token that somebody else renews. This client never does.
   */
  auth:
    | { grant: "password"; email: string; password: string; clientId: string }
    | { grant: "client_credentials"; clientId: string; clientSecret: string }
    | {
        grant: "refresh_token";
        refreshToken: string;
        clientId?: string | undefined;
        clientSecret?: string | undefined;
      }
    | { accessToken: string };
  /**
   * Form of the password request: `standard` has everything in a JSON body, `beta` has grant and client id in the query
   * string. {@link Client.check} tells which one an installation wants. Other grants have one form. Default `standard`.
   */
  apiType?: "standard" | "beta" | undefined;
}

/** A QRadar console, who asks it, and what {@link Client.lookup} looks at besides offenses. */
export interface QRadarConfig extends CommonConfig {
  platform: "qradar";
  /** Address of the console, such as `https://qradar.example.com`. It may end in `/` or `/api`, and may have a path. */
  baseUrl: string;
  /**
   * - `secToken` alone: an authorized service token, the choice for programs outside the console. It works once the changes
   *   are deployed, and until its date. A refused one is not sent on and on, since five failures lock the host out.
   * - `client_credentials`: an app of the app framework's first version, which asks its token service at `tokenUrl`. With
   *   `method` GET, the default, the vendor wants the secret in the URL. Its tokens name no lifetime, and are renewed when
   *   they are refused.
   * - `accessToken` alone: a bearer token that somebody else renews.
   */
  auth:
    | {
        grant: "client_credentials";
        tokenUrl: string;
        clientId: string;
        clientSecret: string;
        method?: "GET" | "POST" | undefined;
      }
    | { secToken: string }
    | { accessToken: string };
  /** Version of the API that is spoken, such as `26.0`. Without it the console's newest. */
  apiVersion?: string | undefined;
  /** Names of the reference sets that are asked. Those of numbers, ports and dates are left out. */
  referenceSets?: string[] | undefined;
  /**
   * What it means to be in a set, by its name. Default by words at the beginning of the name's parts: `allow`, `trust` and the
   * like are benign, `malware`, `block`, `bad` and the like malicious, all else suspicious.
   */
  setVerdicts?: Record<string, Verdict> | undefined;
  /** Also search the events of the last `hours`. `limit` bounds the rows of a search: default 1,000. */
  ariel?: { hours: number; limit?: number | undefined } | undefined;
}

/** Regions of Taegis; {@link taegisRegions} has their addresses. */
export type TaegisRegion = "us1" | "us2" | "us3" | "eu" | "euw1" | "apse2" | "aps1" | "apne1" | "sae1" | "cac1";

/** A tenant of Taegis XDR, and who asks it. `region` or `baseUrl` is needed. */
export interface TaegisConfig extends CommonConfig {
  platform: "taegis";
  /** The region that the client's credentials were made in. Those of another region look like a wrong secret. */
  region?: TaegisRegion | undefined;
  /** Address of the API, in place of the region's. */
  baseUrl?: string | undefined;
  /**
   * - `client_credentials`: an API client. `body` is the form of the token request. Default `json`.
   * - `accessToken` alone: a token that somebody else renews. This client never does.
   */
  auth:
    | { grant: "client_credentials"; clientId: string; clientSecret: string; body?: "json" | "form" | undefined }
    | { accessToken: string };
  /** Number of the tenant, as text. Default: the one of the credentials. */
  tenantId?: string | undefined;
  /**
   * What a lookup and a feed ask, all by default: `reputation` of third-party engines (no feed), the tenant's own
   * `indicators`, the vendor's `intelligence`. A part that fails is told in the attribute `unavailable` of a report and by a
   * `warning`; the report has an error only where every part has failed.
   */
  lookupIn?: Array<"reputation" | "indicators" | "intelligence"> | undefined;
}

/** For every call that reaches the network. */
export interface CallOptions {
  /** Ends the call with `aborted`, whose `cause` is the signal's reason. Aborted before: nothing is sent. */
  signal?: AbortSignal | undefined;
  /** Bounds the call as a whole, instead of `timeouts.totalMs`. Where a call yields pages, each page. */
  timeoutMs?: number | undefined;
}

/** An access token. */
export interface Token {
  /** The secret itself. */
  accessToken: string;
  /** `SEC`: QRadar's own header, in place of `Authorization`. */
  tokenType: "Bearer" | "SEC";
  /** End of its life; null where the platform did not tell, and for a configured `accessToken`. */
  expiresAt: string | null;
  /** Whether the platform told no lifetime, so that five minutes are assumed. */
  assumedLifetime: boolean;
  /** Granted scopes, where the platform tells them. */
  scope?: string;
}

/**
 * One account on one platform. It can be used by any number of callers at once: they share its token, and one token request
 * at a time. It holds no timer while idle, so that it keeps no process alive.
 *
 * All methods that send fail with: `client_closed`; `aborted`, `timeout`, `network`; what concerns the token
 * (`token_client_rejected`, `token_grant_rejected`, `token_request_rejected`, `token_response_invalid`,
 * `token_response_too_large`, `token_server_error`, `reauth_required`, `auth_cooldown`, `auth_loop`); `redirect_blocked`,
 * `rate_limited`; and, with the exception of {@link token} and {@link authorize}, what the platform answers
 * (`unauthorized`, `forbidden`, `not_found`, `request_rejected`, `server_error`, `response_invalid`, `response_too_large`).
 * An argument that cannot be used is `config_invalid`, and nothing is sent.
 */
export interface Client extends DisposableShape {
  readonly platform: PlatformId;
  /** `name` of the configuration. */
  readonly name: string;

  /** The present token; a new one where there is none or it is about to end. */
  token(options?: CallOptions): Promise<Token>;

  /** Forgets the token, also in the token store. The next call asks for a new one. */
  forgetToken(): Promise<void>;

  /** `headers` with what authorizes a request to this platform, as a new object. For requests of your own. */
  authorize(headers?: HeadersInit, options?: CallOptions): Promise<Headers>;

  /**
   * Sends one request to this platform, authorized, with renewal of the token, retries and limits. For what has no method
   * here.
   *
   *     const answer = await client.request("/api/adversaries", { query: { limit: 10 } });
   *     const { data } = await answer.json();
   *
   * @param path below `baseUrl`, with a leading `/`, for example `/api/indicators`. A whole URL, `//`, `..` and the like
   *   are `origin_not_allowed`.
   * @returns the answer with status 2xx or 304, its body read completely. Every other status is an error.
   */
  request(path: string, init?: RequestOptions): Promise<Response>;

  /**
   * Finds out which setting is wrong when a connection does not work. A platform that fails is a result, not an error: it
   * rejects with `client_closed` and `aborted` alone. At most two logins.
   */
  check(options?: CallOptions): Promise<Check>;

  /**
   * What the platform knows about one value, which may be defanged.
   *
   * @throws {LookupError} `indicator_invalid` for an empty text, one over 8,192 units, or one with control characters.
   */
  lookup(value: string, options?: LookupCallOptions): Promise<Report>;
  /**
   * The same for many: a hundred values share a request, equal ones are asked once. Reports come in the order of `values`.
   * A value that cannot be an indicator gets a report with `error`; the others are asked all the same.
   */
  lookup(values: string[], options?: LookupCallOptions): Promise<Report[]>;

  /**
   * The platform's indicators, the latest change first, page by page: what a watchlist is built from.
   *
   *     for await (const entries of client.indicatorFeed({ kinds: ["domain"], minScore: 70 })) add(entries);
   */
  indicatorFeed(options?: FeedOptions): AsyncIterable<WatchlistEntry[]>;

  /** Ends all calls under way with `client_closed` and wipes the secrets. The token store stays as it is. */
  close(): void;
}

/** What {@link Client.request} sends. */
export interface RequestOptions extends CallOptions {
  /** GET, HEAD, OPTIONS, POST, PUT, PATCH or DELETE. Default GET. */
  method?: string | undefined;
  /** `Authorization`, `SEC`, `Cookie` and `Host` are left out. */
  headers?: HeadersInit | undefined;
  /** Undefined and null are left out, arrays repeat their name, all else goes through `String`. */
  query?: Record<string, unknown> | undefined;
  /** Body, sent as JSON. Not together with `form`. */
  json?: unknown;
  /** Body, sent URL-encoded. */
  form?: Record<string, string> | undefined;
  /** A POST or PATCH that may be sent twice without harm, for example because it only reads. Default false. */
  idempotent?: boolean | undefined;
}

/** For {@link Client.lookup}. */
export interface LookupCallOptions extends CallOptions {
  /** Settles what a text is where it could be several things: `apk.xrat` is a domain, or a file name. */
  kind?: IndicatorKind | undefined;
  /** From which score on, of 0 to 100, a value is `malicious` (default 70) or `suspicious` (default 40). */
  thresholds?: { malicious?: number | undefined; suspicious?: number | undefined } | undefined;
}

/** For {@link Client.indicatorFeed}. */
export interface FeedOptions extends CallOptions {
  /** Only these. Default all that the platform has, also of kinds that have no name here. */
  kinds?: IndicatorKind[] | undefined;
  /** Only with at least this score, 0 to 100. Default 0. */
  minScore?: number | undefined;
  /**
   * Only what changed since this moment. An entry that has fallen below `minScore` comes too, with an `expiresAt` in the
   * past, so that it can be dropped. So do deleted ones of a Taegis tenant; others never come: start anew now and then.
   */
  updatedSince?: string | undefined;
  /** Entries of a page, 1 to 10,000. Default 1,000. */
  pageSize?: number | undefined;
  /** Told after each page. What it throws is ignored. */
  onProgress?: ((progress: Progress) => void) | undefined;
}

/** How far something is. */
export interface Progress {
  done: number;
  /** null: not known. */
  total: number | null;
}

/** What {@link Client.check} found. */
export interface Check {
  /** Whether every step is `ok`. */
  ok: boolean;
  /** All steps, in the order of their names here. The one that failed is the cause; those after it are `skipped`. */
  steps: Array<{
    step: "baseUrl" | "reachable" | "tls" | "clientId" | "credentials" | "apiType" | "permissions" | "api";
    status: "ok" | "failed" | "skipped";
    /** Of a failed step. */
    code?: ErrorCode;
    /** What to change, in a sentence for a person, without any secret. Of a failed step. */
    advice?: string;
  }>;
  /** Version of the platform's API; null where it does not tell, as ThreatQ. */
  apiVersion: string | null;
  /** How long the API took to answer; null where it was not asked. */
  latencyMs: number | null;
}

/**
 * A place for tokens. A failing one never fails a call: there is an event `storage_failed`, and the token stays in memory.
 * Operations are given up after 2 seconds, `lock` after 5.
 */
export interface TokenStore {
  /** The text under `key`, null or undefined where there is none. */
  get(key: string): Promise<string | null | undefined>;
  /** `value` holds access and refresh tokens: keep it where you keep secrets. `key` holds none. */
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
  /** Calls `run` while nobody else runs under `key`: of all tabs, processes or isolates one renews, the others find its token. */
  lock?: (<T>(key: string, run: () => Promise<T>) => Promise<T>) | undefined;
}

/** Something that happened. Never holds a secret. */
export interface ClientEvent {
  /**
   * - `token_requested`, `token_acquired`, `token_failed`: before a token request; after a new token; after an attempt to
   *   get one has failed for good.
   * - `request`: after each answer of the platform, with `status`, `attempt` and `durationMs`.
   * - `retry`: before a wait, with `attempt` and `waitMs`. `replay`: before a request is sent again with a new token.
   * - `throttled`: after an answer with status 429.
   * - `storage_failed`: the token store did not do its work.
   * - `warning`: the platform deviates from its protocol in a way that could be repaired.
   */
  type:
    | "token_requested"
    | "token_acquired"
    | "token_failed"
    | "request"
    | "retry"
    | "replay"
    | "throttled"
    | "storage_failed"
    | "warning";
  platform: PlatformId;
  /** The client's name. */
  name: string;
  at: string;
  /** HTTP status. */
  status?: number;
  /** Number of the request within its call, from 1. */
  attempt?: number;
  durationMs?: number;
  waitMs?: number;
  code?: ErrorCode;
  /** A fixed sentence. */
  message?: string;
}

// ---------------------------------------------------------------------------------------------------------- ThreatQ

/** A part of a list. */
export interface Page<T> {
  /** Length of the whole list. */
  total: number;
  /** Where in it `data` begins. */
  offset: number;
  /** What was asked for; the platform may send fewer. */
  limit: number;
  data: T[];
}

/** What ThreatQ can send beside a record. */
export type ThreatQWith =
  | "adversaries"
  | "attachments"
  | "attributes"
  | "comments"
  | "events"
  | "indicators"
  | "score"
  | "signatures"
  | "sources"
  | "status"
  | "tags"
  | "type"
  | "watchlist";

/** Filters and place of a list. Every other member is a column of the platform, which must be equal to it. */
export interface ThreatQList {
  /** The value in any case; `%` stands for any text, `,` for "or". */
  value?: string | undefined;
  /** An id of `indicators.types()`. Ids differ between installations. */
  typeId?: number | undefined;
  /** An id of `indicators.statuses()`. */
  statusId?: number | undefined;
  /** Records of a page, 1 to 100,000. Default 100. */
  limit?: number | undefined;
  /** Default 0. */
  offset?: number | undefined;
  /** A column; with `-` in front, downwards. */
  sort?: string | undefined;
  with?: ThreatQWith[] | undefined;
  [column: string]: unknown;
}

/** A record as ThreatQ sends it: its own member names, its own times (`2026-02-14 07:00:00`, UTC). */
export type ThreatQIndicator = {
  id: number;
  value: string;
  class?: string;
  type_id?: number;
  status_id?: number;
} & Record<string, unknown>;

/** An indicator to be stored. */
export interface NewThreatQIndicator {
  value: string;
  /** Name of a type of the installation: `FQDN`, `IP Address`, `SHA-256` … */
  type: string;
  /** Name of a status: `Active`, `Review` … */
  status?: string | undefined;
  description?: string | undefined;
  /** `tlp` by name: `AMBER`. `publishedAt` is ISO-8601. */
  sources?: Array<{ name: string; tlp?: string | undefined; publishedAt?: string | undefined }> | undefined;
  attributes?: Array<{ name: string; value: string }> | undefined;
  tags?: string[] | undefined;
}

/** A client of one ThreatQ installation. A success that carries errors is `request_rejected`. */
export interface ThreatQ extends Client {
  readonly platform: "threatq";

  readonly indicators: {
    /** One page of the indicators that fit. */
    list(query?: ThreatQList, options?: CallOptions): Promise<Page<ThreatQIndicator>>;
    /** All that fit, one by one; pages of `limit` are fetched as they are needed. */
    iterate(
      query?: ThreatQList,
      options?: CallOptions & { onProgress?: ((progress: Progress) => void) | undefined },
    ): AsyncIterable<ThreatQIndicator>;
    /** One indicator. @throws {LookupError} `not_found`. */
    get(
      id: number,
      query?: { with?: ThreatQWith[] | undefined },
      options?: CallOptions,
    ): Promise<ThreatQIndicator>;
    /**
     * A query of the Threat Library, in its own language: `criteria` choose by value, `filters` narrow down by type, status,
     * score and dates, `fields` say what of a record is wanted.
     *
     * With `cursor: "*"` and then each answer's `nextCursor` a long list is read without gaps; without, by `offset`.
     */
    query(
      body: { criteria?: object | undefined; filters?: object | undefined; fields?: string[] | undefined },
      page?: {
        limit?: number | undefined;
        offset?: number | undefined;
        sort?: string | undefined;
        cursor?: string | undefined;
      },
      options?: CallOptions,
    ): Promise<Page<ThreatQIndicator> & { nextCursor?: string }>;
    /**
     * Stores indicators, many with one request. For one that is there already, sources, attributes and tags are added, and
     * the record says `existing`. One that is refused fails the call with `request_rejected`, although the others are stored.
     */
    create(
      indicator: NewThreatQIndicator | NewThreatQIndicator[],
      options?: CallOptions,
    ): Promise<Array<ThreatQIndicator & { existing?: boolean }>>;
    /** Changes what is given, and leaves the rest. */
    update(id: number, changes: Partial<NewThreatQIndicator>, options?: CallOptions): Promise<ThreatQIndicator>;
    /**
     * Sets the score by hand, on ThreatQ's own scale of 0 to 10, decimals allowed. Reports speak of ten times as much. null
     * goes back to the score that ThreatQ computes.
     */
    setScore(id: number, score: number | null, options?: CallOptions): Promise<void>;
    delete(id: number, options?: CallOptions): Promise<void>;
    /** Adds attributes. Returns them as the platform keeps them. */
    addAttributes(
      id: number,
      attributes: Array<{ name: string; value: string }>,
      options?: CallOptions,
    ): Promise<unknown[]>;
    /** Adds sources, with one request each. */
    addSources(id: number, sources: Array<{ name: string }>, options?: CallOptions): Promise<unknown[]>;
    addTags(id: number, tags: string[], options?: CallOptions): Promise<unknown[]>;
    addComment(id: number, text: string, options?: CallOptions): Promise<unknown>;
    /** Types of this installation; none for an account that may not see them. */
    types(options?: CallOptions): Promise<Array<{ id: number; name: string; class: string }>>;
    /** Statuses of this installation; none for an account that may not see them. */
    statuses(options?: CallOptions): Promise<Array<{ id: number; name: string }>>;
  };

  readonly events: {
    /** One page of the events. `limit` is 100 by default. */
    list(
      query?: {
        limit?: number | undefined;
        offset?: number | undefined;
        sort?: string | undefined;
        with?: string[] | undefined;
      },
      options?: CallOptions,
    ): Promise<Page<Record<string, unknown>>>;
    /** Stores an event. `type` is the name of an event type, `happenedAt` ISO-8601. */
    create(
      event: {
        title: string;
        type: string;
        happenedAt: string;
        description?: string | undefined;
        sources?: Array<{ name: string }> | undefined;
      },
      options?: CallOptions,
    ): Promise<Record<string, unknown>>;
    /** Stores events in the platform's own form, a thousand with each request. */
    import(events: object[], options?: CallOptions): Promise<unknown>;
  };

  /** Text in, indicators out: ThreatQ's own parser. */
  readonly imports: {
    /**
     * Has a text parsed. Nothing is stored before {@link commit}.
     *
     * @param input `source` is the name under which the indicators will be kept, `status` the name of their status (default
     *   `Review`), `contentTypeId` the parser (default `Generic Text`); `normalize` brings values into ThreatQ's form (default
     *   true).
     * @throws {LookupError} `not_found` for a status or parser that the installation does not have; `reason` is its name.
     */
    create(
      input: {
        text: string;
        contentTypeId?: number | undefined;
        normalize?: boolean | undefined;
        source: string;
        status?: string | undefined;
      },
      options?: CallOptions,
    ): Promise<{ id: number }>;
    /** What the parser found. */
    indicators(id: number, options?: CallOptions): Promise<ThreatQIndicator[]>;
    /** Stores what was found. Sent once, whatever happens. */
    commit(id: number, options?: CallOptions): Promise<unknown>;
    /** Drops an import that was not committed. */
    delete(id: number, options?: CallOptions): Promise<void>;
  };

  /** Searches values, titles and names of all objects for a text. `limit` is 100 by default. */
  search(
    text: string,
    page?: { limit?: number | undefined },
    options?: CallOptions,
  ): Promise<Array<Record<string, unknown>>>;
}

// ----------------------------------------------------------------------------------------------------------- QRadar

/** A client of one QRadar console. `reason` of a refused request is QRadar's own number of the failure. */
export interface QRadar extends Client {
  readonly platform: "qradar";

  /** Events and flows. */
  readonly ariel: {
    databases(options?: CallOptions): Promise<string[]>;
    /**
     * Searches: creates the search, waits for it, reads its rows and deletes it. On abort and at the deadline it is cancelled
     * on the console; a longer one than a minute needs `timeoutMs`. One search of a client runs at a time.
     *
     *     await client.ariel.search(aql`SELECT sourceip FROM events WHERE username = ${name} LIMIT 50 LAST 2 HOURS`);
     *
     * @param query in QRadar's language; see {@link aql}. Without a time clause it looks at the last minute.
     * @param options `maxRows` is 10,000 by default; `onProgress` gets the percentage.
     * @throws {LookupError} `aql_invalid`, where the console does not understand the query or it holds control characters.
     */
    search(
      query: string,
      options?: CallOptions & {
        maxRows?: number | undefined;
        onProgress?: ((progress: Progress) => void) | undefined;
      },
    ): Promise<Array<Record<string, unknown>>>;
  };

  /** Lists of values. Sets are found by name: one that is not there is `not_found`. */
  readonly referenceSets: {
    /** All sets, as the console sends them. */
    list(options?: CallOptions): Promise<Array<Record<string, unknown>>>;
    /**
     * Whether values are in a set, in their order, compared as its type does.
     *
     * @throws {LookupError} `indicator_invalid` for a value with a quote, a backslash or a control character, which QRadar's
     *   filters cannot hold.
     */
    contains(set: string, values: string[], options?: CallOptions): Promise<boolean[]>;
    /** Adds values; one that is there has its date renewed. Many are one request, which is waited for. */
    add(set: string, values: string[], options?: CallOptions): Promise<void>;
    /** Removes values. One that is not there is no error. @throws {LookupError} As `contains`. */
    remove(set: string, values: string[], options?: CallOptions): Promise<void>;
  };

  /**
   * Offenses with one of these addresses as source or as local destination, each once, the highest id first. Addresses may
   * be defanged.
   *
   * @throws {LookupError} `indicator_invalid` for what is no address.
   */
  offenses(ips: string[], options?: CallOptions): Promise<Array<Record<string, unknown>>>;
}

/**
 * Writes a query in which values are quoted, never spliced. Strings get single quotes, numbers none.
 *
 *     aql`SELECT * FROM events WHERE sourceip = ${ip} LIMIT ${10} LAST 1 HOURS`
 *
 * Names of columns cannot be values: they belong into the template.
 *
 * @throws {LookupError} `aql_invalid` for a value within quotes of the template, one with control characters, halves of
 *   surrogate pairs, numbers with exponents, and all that is neither string nor number.
 */
export function aql(strings: TemplateStringsArray, ...values: Array<string | number>): string;

// ----------------------------------------------------------------------------------------------------------- Taegis

/** Address of the API of each region. */
export const taegisRegions: Readonly<Record<TaegisRegion, string>>;

/** Ids of the vendor's roles, for `clients.create`. */
export const taegisRoles: Readonly<Record<"administrator" | "analyst" | "responder" | "auditor", string>>;

/** An API client of the tenant. Its secret is told once, when it is made or rotated. */
export interface TaegisClient {
  id: string;
  name: string;
  /** What it logs in with, beside the secret. */
  clientId: string;
  roles: string | null;
  tenantId: string | null;
  createdAt: string | null;
  updatedAt: string | null;
  environment: string | null;
  roleAssignments: Array<{
    id: string;
    tenantId: string;
    roleId: string;
    roleName: string;
    expiresAt: string | null;
  }>;
}

/** A client of one tenant of Taegis XDR. */
export interface Taegis extends Client {
  readonly platform: "taegis";

  /**
   * Sends a GraphQL document of your own, and returns its `data`.
   *
   *     const { client } = await taegis.graphql("query($id: ID!) { client(id: $id) { name } }", { id });
   *
   * @param options `idempotent`: it may be sent twice without harm, for example because it only reads. Default false.
   * @throws {LookupError} `graphql_error` where the answer has errors, also beside data; its `reason` is `unknown_field` where
   *   the region's schema lacks something that was asked for. `forbidden` where the role may not.
   */
  graphql<T = unknown>(
    query: string,
    variables?: Record<string, unknown>,
    options?: CallOptions & { idempotent?: boolean | undefined },
  ): Promise<T>;

  /** Version of a service. Default `assets`. */
  serviceVersion(
    service?: string,
    options?: CallOptions,
  ): Promise<{ tag: string; revision: string; timestamp: string }>;

  readonly clients: {
    /**
     * Makes a client. Names are unique within a tenant. Without `roles`, ids of {@link taegisRoles}, it is an analyst.
     *
     * A lost answer takes the secret along: such a failure is not `retryable`, and its message says what to do.
     *
     * @throws {LookupError} `request_rejected` with the reason `name_taken`.
     */
    create(
      input: { name: string; roles?: string[] | undefined },
      options?: CallOptions,
    ): Promise<{ client: TaegisClient; clientSecret: string }>;
    /** The clients that fit. */
    search(
      filter?: {
        name?: string | undefined;
        clientIds?: string[] | undefined;
        tenantId?: string | undefined;
        roleIds?: string[] | undefined;
        page?: number | undefined;
        perPage?: number | undefined;
      },
      options?: CallOptions,
    ): Promise<TaegisClient[]>;
    /** Gives a client another secret; the old one is refused at once. `id` is its `id` or `clientId`. As {@link create}. */
    rotateSecret(id: string, options?: CallOptions): Promise<{ client: TaegisClient; clientSecret: string }>;
    /** Deletes a client, by its `id` or `clientId`. Tokens that it has live on until they end. */
    delete(id: string, options?: CallOptions): Promise<TaegisClient>;
  };
}

// ---------------------------------------------------------------------------------------------------------- reports

/** From worst to best; `unknown`: not found, or nothing that could be judged. */
export type Verdict = "malicious" | "suspicious" | "benign" | "unknown";

/** What one platform says about one value. */
export interface Report {
  platform: PlatformId;
  /** The client's name. */
  name: string;
  /** The value as it was given. */
  query: string;
  /** The value as it was asked: refanged, in its canonical form. */
  value: string;
  /** null where the form of the value does not tell. */
  kind: IndicatorKind | null;
  /** Whether the platform has a record of it. */
  found: boolean;
  /** Of several records the worst counts, and gives score, status, dates and link. */
  verdict: Verdict;
  /** 0 to 100; null where the platform gives none. */
  score: number | null;
  /** The platform's own state of the record: `Active`, `Whitelisted` … */
  status: string | null;
  /** Strictest marking of the sources: `RED`, `AMBER`, `GREEN`, `CLEAR`. */
  tlp: string | null;
  tags: string[];
  /** Who told the platform. */
  sources: Array<{ name: string; tlp: string | null; firstSeen: string | null; lastSeen: string | null }>;
  attributes: Array<{ name: string; value: string }>;
  /** What the platform connects with it. `id` is the platform's. */
  related: Array<{
    type: "adversary" | "malware" | "report" | "offense" | "indicator";
    name: string;
    id: string | null;
  }>;
  firstSeen: string | null;
  lastSeen: string | null;
  /** From when on the platform no longer stands by it. */
  expiresAt: string | null;
  /** Page of the record in the platform's console. */
  link: string | null;
  /** The platform's records of this value, as it sent them. */
  records: unknown[];
  /** Why there is no answer; then `verdict` is `unknown` and nothing is found. null: there is one. */
  error: LookupError | null;
}

/** What all platforms say about one value. */
export interface LookupResult {
  /** The value as it was given. */
  query: string;
  /** The value as it was asked: refanged, in its canonical form. */
  value: string;
  kind: IndicatorKind | null;
  /** The worst of all platforms that answered; `unknown` counts least. */
  verdict: Verdict;
  /** The highest of all platforms, 0 to 100; null where none gives one. */
  score: number | null;
  /** One for each client, in their order. */
  reports: Report[];
}

/** For {@link lookup} and {@link lookupStream}. */
export interface LookupOptions extends LookupCallOptions {
  /** Told after each value. What it throws is ignored. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** How old a report of the same client may be that is used again, in milliseconds; 0: none is. Default 300,000. */
  cacheMs?: number | undefined;
}

/**
 * Asks all clients about one value, all at once. A client that fails does not fail the call: its report carries the error.
 *
 *     const { verdict, score, reports } = await lookup("hxxps://bad[.]example/login", [client]);
 *
 * @param value may be defanged.
 * @throws {LookupError} `indicator_invalid`, where the value can be none; `aborted`; `config_invalid`, also for no clients.
 */
export function lookup(value: string, clients: Client[], options?: LookupOptions): Promise<LookupResult>;
/**
 * The same for many, a hundred at a time. Results come in the order of `values`. For a value that cannot be an indicator
 * every report carries the error `indicator_invalid`.
 */
export function lookup(values: string[], clients: Client[], options?: LookupOptions): Promise<LookupResult[]>;

/**
 * The same, each result as soon as all platforms have answered for it. Values are asked a hundred at a time, and the next
 * hundred only when it is wanted: who stops reading stops the asking.
 *
 *     for await (const result of lookupStream(values, clients)) show(result);
 */
export function lookupStream(
  values: Iterable<string>,
  clients: Client[],
  options?: LookupOptions,
): AsyncIterable<LookupResult>;

/**
 * Results as a STIX 2.1 bundle: observables and, of what a platform knows, indicators, observations, sightings, and what they
 * relate to. The same results make the same bundle. `AMBER+STRICT`, which the standard has no marking for, is marked `RED`.
 *
 * @throws {LookupError} `config_invalid` for what is no result.
 */
export function toStix(results: LookupResult | LookupResult[]): {
  type: "bundle";
  id: string;
  /** Absent where nothing is to be said. */
  objects?: Array<{ type: string; id: string; spec_version: "2.1" } & Record<string, unknown>>;
};

/**
 * What is known of a value as members of an event in Elastic's Common Schema: an enrichment for each platform that knows it,
 * or for a match.
 *
 *     log({ ...event, ...toEcs(result) });
 *
 * @throws {LookupError} `config_invalid` for what is neither result nor match.
 */
export function toEcs(result: LookupResult | Match): {
  threat: { enrichments: Array<{ indicator: Record<string, unknown>; matched?: Record<string, unknown> }> };
  /** Of a CVE that is known. */
  vulnerability?: { id: string };
};

/** The same for OCSF: members of `osint`. */
export function toOcsf(result: LookupResult | Match): {
  osint: Array<{ type_id: number; value: string } & Record<string, unknown>>;
};

/**
 * Results as CSV (RFC 4180), a line for each report, with a header. A text that a spreadsheet would take for a formula gets
 * `'` in front.
 *
 * @throws {LookupError} `config_invalid` for what is no result.
 */
export function toCsv(results: LookupResult | LookupResult[]): string;

/** One member of a {@link Watchlist}. */
export interface WatchlistEntry {
  /** In any spelling, also defanged. */
  value: string;
  /** Reads `value` as this kind instead of guessing. */
  kind?: IndicatorKind | undefined;
  /** 0-100, rounded. */
  score?: number | null | undefined;
  /** Default: `unknown`. */
  verdict?: Verdict | undefined;
  /** Who says so. At most 256 bytes are kept. */
  source?: PlatformId | (string & {}) | undefined;
  /** The record at the source. At most 256 bytes are kept. */
  id?: string | undefined;
  /** For people. At most 1,024 bytes are kept. */
  label?: string | undefined;
  /** After this moment, rounded up to the hour, the entry does not match. Default: never. */
  expiresAt?: string | undefined;
}

// -------------------------------------------------------------------------------------------------------- detection

/** What an indicator is. */
export type IndicatorKind =
  | "ipv4"
  | "ipv6"
  | "cidr"
  | "domain"
  | "url"
  | "email"
  | "md5"
  | "sha1"
  | "sha256"
  | "sha512"
  | "ssdeep"
  | "cve"
  | "asn";

/** An indicator in a text. */
export interface Indicator {
  kind: IndicatorKind;
  /** Refanged, in its canonical form. */
  value: string;
  /** As it stands in the text: `text.slice(start, end)`. */
  raw: string;
  start: number;
  end: number;
  /** Whether it was written so that nobody follows it by accident: `hxxp://bad[.]example`. */
  defanged: boolean;
  /** `low`: what stands around it speaks for something else, such as a version, a file name or program code. */
  confidence: "high" | "low";
  /** An address or name that is no place on the public internet: private, loopback, link-local, reserved, for examples. */
  special: boolean;
}

/** For {@link extract}. */
export interface ExtractOptions {
  /** Only these. Default all. */
  kinds?: IndicatorKind[] | undefined;
  /** Also those of low confidence. Default false. */
  includeLow?: boolean | undefined;
  /** Also special ones. Default true. */
  includeSpecial?: boolean | undefined;
  /** Each value once, where it stands first. Default false. */
  unique?: boolean | undefined;
}

/**
 * Finds the indicators in a text, in the order in which they stand there.
 *
 *     extract("Seen at 203.0.113[.]9 and hxxps://bad[.]example/a").map(({ value }) => value);
 *     // ["203.0.113.9", "https://bad.example/a"]
 *
 * @throws {LookupError} `config_invalid`; `not_initialised` in a browser, before {@link init}.
 */
export function extract(text: string, options?: ExtractOptions): Indicator[];

/**
 * Reads one string that should be an indicator, defanged or not: what it is, and its canonical form. null: it is none.
 *
 * @throws {LookupError} As {@link extract}.
 */
export function classify(text: string): { kind: IndicatorKind; value: string; special: boolean } | null;

/** Undoes defanging, in a single value or throughout a text: `hxxp://bad[.]example` becomes `http://bad.example`. */
export function refang(text: string): string;

/** Writes a value so that no program makes a link of it: `http://bad.example` becomes `hxxp://bad[.]example`. */
export function defang(value: string): string;

// ------------------------------------------------------------------ watchlists

/**
 * Indicators to match against without any network, a million of them in fourteen megabytes of the wasm's memory. Values are not
 * stored: 96 bits of a keyed hash decide, so that a wrong match is less likely than a fault of the memory.
 *
 *     const list = Watchlist.build([{ value: "bad.example.com", verdict: "malicious", score: 90 }]);
 *     list.match("http://www.bad.example.com/a")?.matchedBy; // "parent-domain"
 *     await writeFile("list.bin", list.toBytes());
 *
 * The bytes are described in `docs/watchlist-format.md` of the repository, for readers in other languages.
 */
export class Watchlist {
  private constructor();
  /**
   * Builds a list. Entries with the same canonical value become one: the worst verdict, the highest score and what came
   * with it, the latest end. Entries of which nothing can be read are left out and counted in `skipped`.
   *
   * @throws {LookupError} `indicator_invalid`: `entries` cannot be iterated over; `config_invalid`; `not_initialised` in a
   *   browser, before {@link init}.
   */
  static build(entries: Iterable<WatchlistEntry>, options?: WatchlistOptions): Watchlist;
  /**
   * Opens what {@link toBytes} gave. The bytes are copied and checked; nothing is read for each entry.
   *
   * @throws {LookupError} `snapshot_invalid` with `reason` `length`, `magic`, `version`, `checksum` or `structure`.
   */
  static open(snapshot: Uint8Array): Watchlist;
  /** Entries. */
  readonly size: number;
  readonly name: string | null;
  readonly createdAt: string;
  /** When the list should be replaced. It answers all the same afterwards: what to do then is the caller's decision. */
  readonly expiresAt: string | null;
  /** Of the snapshot. */
  readonly byteLength: number;
  /** Entries that `build` could not read and left out. */
  readonly skipped: number;
  /**
   * The entry that stands for a value in any spelling, the most specific one: the value itself, the network that holds it, the
   * URL it lies below, its host, a name above that. null: there is none, or the text is no indicator.
   *
   * @throws {LookupError} `snapshot_invalid` with `reason` `freed`; `config_invalid` for what is no string.
   */
  match(value: string): Match | null;
  /** As {@link match} for many values, in their order. */
  matchAll(values: Iterable<string>): Array<Match | null>;
  /** Finds the indicators in a text, as {@link extract} without options does, and returns those that match. */
  matchText(text: string): TextMatch[];
  /** The snapshot. */
  toBytes(): Uint8Array;
  /** Releases the memory; afterwards every method but this one fails with `snapshot_invalid`. */
  free(): void;
}
export interface Watchlist extends DisposableShape {}

/** For {@link Watchlist.build}. */
export interface WatchlistOptions {
  /** At most 256 bytes are kept. */
  name?: string | undefined;
  /** When the list should be replaced. */
  expiresAt?: string | undefined;
}

/** A value, and the entry of a {@link Watchlist} that stands for it. */
export interface Match {
  /** As given. */
  query: string;
  /** Refanged and canonical. */
  value: string;
  kind: IndicatorKind;
  matchedBy: "exact" | "cidr" | "parent-domain" | "url-host" | "url-prefix";
  /** The entry's canonical value. */
  matchedValue: string;
  score: number | null;
  verdict: Verdict;
  source: string | null;
  id: string | null;
  label: string | null;
  /** Where it stands in the text, if it was found in one. */
  start?: number;
  end?: number;
}

/** A {@link Match} in a text: `query` is `text.slice(start, end)`. */
export interface TextMatch extends Match {
  start: number;
  end: number;
}

/** For {@link syncWatchlist}. */
export interface SyncOptions extends FeedOptions, WatchlistOptions {
  /**
   * The list so far. With `updatedSince` its entries stay unless the feeds say otherwise; without, only those of clients that
   * failed.
   */
  previous?: Watchlist | undefined;
}

/**
 * Builds a watchlist from the feeds of all clients. Entries carry the client's name as their source. What arrives as benign,
 * ended or below `minScore` takes its value off the list. A client that fails keeps what it said last time.
 *
 *     const list = await syncWatchlist(clients, { minScore: 40 });
 *     const next = await syncWatchlist(clients, { minScore: 40, previous: list, updatedSince: list.createdAt });
 *
 * @throws {LookupError} The first client's error when all have failed; `aborted`; `config_invalid`.
 */
export function syncWatchlist(clients: readonly Client[], options?: SyncOptions): Promise<Watchlist>;

// ----------------------------------------------------------------------------------------------------------- errors

/** What went wrong. Codes are added, never renamed. The README has a table of what to do about each. */
export type ErrorCode =
  // config: before anything is sent
  /** An option or argument cannot be used; `reason` names it. */
  | "config_invalid"
  /** `http://`, other than an allowed loopback address. */
  | "insecure_url"
  /** A password or client secret in a web page, without `allowBrowserSecrets`. */
  | "browser_secret"
  /** A path that could leave the platform. */
  | "origin_not_allowed"
  /** The client was closed. */
  | "client_closed"
  /** A synchronous function in a browser, before `init()`. */
  | "not_initialised"
  /** The wasm module could not be loaded; `reason` is the stage. */
  | "wasm_load_failed"
  // auth
  /** Client id or client secret is wrong. */
  | "token_client_rejected"
  /** E-mail, password or refresh token is wrong. */
  | "token_grant_rejected"
  /** The token request as such was refused: base URL, API type or grant is wrong. */
  | "token_request_rejected"
  /** The refresh token is used up, and there is nothing else to log in with. */
  | "reauth_required"
  /** An earlier login failed, `reason` says how, and its pause of `retryAfterMs` is not over. Nothing was sent. */
  | "auth_cooldown"
  /** Fresh tokens are refused again and again. */
  | "auth_loop"
  /** The token was refused, and renewing it did not help. */
  | "unauthorized"
  /** The account may not do this. */
  | "forbidden"
  // protocol
  /** What the token address answered is no token; `reason` says why, for example `not_json`. */
  | "token_response_invalid"
  /** The token address answered with more than `limits.tokenBytes`. */
  | "token_response_too_large"
  /** The answer is not what the platform promises; `reason` says why. */
  | "response_invalid"
  /** The answer is larger than `limits.responseBytes`. */
  | "response_too_large"
  /** The server redirects, which is never followed. */
  | "redirect_blocked"
  /** A GraphQL answer with errors. */
  | "graphql_error"
  // load and servers
  /** The platform asks for fewer requests; `retryAfterMs` says when to come back, where it told. */
  | "rate_limited"
  /** The token address fails. */
  | "token_server_error"
  /** The platform fails. */
  | "server_error"
  /** There is no such record or path. */
  | "not_found"
  /** The platform refused the request. */
  | "request_rejected"
  // transport and control
  /** No complete answer; `reason` is the phase, `headers` or `body`. Name, TLS, CORS and refusal look alike in browsers. */
  | "network"
  /** No complete answer in time; `reason` is the phase: `headers`, `body`, `queue`, or `total` for the whole call. */
  | "timeout"
  /** The caller's signal ended the call. */
  | "aborted"
  // input
  /** The value cannot be an indicator. */
  | "indicator_invalid"
  /** The bytes are no watchlist. */
  | "snapshot_invalid"
  /** A query in QRadar's language that cannot be sent, or that the console does not understand. */
  | "aql_invalid"
  // internal
  /** A bug of this package, or the wasm module was stopped. The next call starts afresh. */
  | "internal";

/** Groups of codes: within one, the same has to be done about them. */
export type ErrorCategory =
  /** Change the configuration or the call. */
  | "config"
  /** Change credentials or permissions. */
  | "auth"
  /** Who answers does not speak the platform's language: check the address. */
  | "protocol"
  /** Ask less often. */
  | "rate"
  /** Wait for the platform. */
  | "server"
  /** Change the request. */
  | "request"
  /** Look at the network. */
  | "transport"
  /** Nothing: it was asked for. */
  | "control"
  /** Change the value. */
  | "input"
  /** Report it. */
  | "internal";

/** The fields of a {@link LookupError}, as an object: what travels as JSON. */
export interface LookupErrorFacts {
  message: string;
  code: ErrorCode;
  category: ErrorCategory;
  retryable: boolean;
  platform?: PlatformId;
  status?: number;
  oauthError?: string;
  oauthErrorDescription?: string;
  reason?: string;
  retryAfterMs?: number;
  attempts?: number;
}

/** The one error that this package throws. Its `message` is a fixed English sentence: match on `code`. */
export class LookupError extends Error {
  /**
   * Makes an error again of what {@link toJSON} gave. Fields of other names are left out.
   *
   * @param options `cause` is taken with the code `aborted` only.
   */
  constructor(facts: LookupErrorFacts, options?: { cause?: unknown });
  readonly name: "LookupError";
  readonly code: ErrorCode;
  readonly category: ErrorCategory;
  /** Whether the same call may work later without any change. */
  readonly retryable: boolean;
  /** Absent before a platform is known. */
  readonly platform?: PlatformId;
  /** HTTP status, where an answer came. */
  readonly status?: number;
  /** `error` of an OAuth answer: `invalid_grant`. */
  readonly oauthError?: string;
  /** What the server said about it: foreign text of at most 500 characters, without any secret of this client. */
  readonly oauthErrorDescription?: string;
  /** Finer cause within the code. */
  readonly reason?: string;
  /** How long to wait before the next call: what the server, or a pause of ours, asks for; a day at most. */
  readonly retryAfterMs?: number;
  /** Requests that were sent for this call. 0: none. */
  readonly attempts?: number;
  /** All fields that are set, `name` and `message`. */
  toJSON(): LookupErrorFacts & { name: "LookupError" };
}

/** Whether a value is such an error, also one that was parsed from JSON or comes from another copy of the package. */
export function isLookupError(value: unknown): value is LookupError;

// ----------------------------------------------------------------------------------------------------- surroundings

/**
 * What sends requests. The global `fetch` is one, and so is undici's.
 *
 *     const dispatcher = new ProxyAgent("http://proxy.example:3128");
 *     createClient({ …, fetch: (url, init) => fetch(url, { ...init, dispatcher }) });
 */
export type Fetch = (url: string, init: FetchInit) => PromiseLike<FetchAnswer>;

/** Second argument of {@link Fetch}. */
export interface FetchInit {
  method: string;
  headers: Headers;
  /** Never to be followed: a redirect would carry the token along. */
  redirect: "manual";
  /** Of the package: aborts when the answer is no longer wanted. */
  signal: AbortSignal;
  body?: string;
  /** This and the following: where the runtime understands them. */
  credentials?: "omit";
  referrerPolicy?: "no-referrer";
  /** In token requests. */
  cache?: "no-store";
}

/** What is read of an answer. Every `Response` has it; a stub may leave out the optional members. */
export interface FetchAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly type?: string;
  readonly body?: unknown;
  arrayBuffer?(): Promise<ArrayBuffer>;
  text?(): Promise<string>;
}

// A library's types must not add to its user's globals, and must not fail where the DOM's are missing. `typeof globalThis`
// tells what is declared, and the constructor's prototype tells the type. Not `declare global { interface Response {} }`,
// which is shorter: it would make an empty `Response` known everywhere. `Headers` and `AbortSignal` are asked for by way of
// others: Cloudflare declares both as classes, and those `typeof globalThis` does not show.

type Response = typeof globalThis extends { Response: { prototype: infer Answer } } ? Answer : ResponseShape;
type Headers = Response["headers"];
type AbortSignal = typeof globalThis extends { Request: { prototype: { signal: infer Signal } } } ? Signal : SignalShape;
type URL = typeof globalThis extends { URL: { prototype: infer Url } } ? Url : { readonly href: string };
// The DOM's own is an empty interface, which a number would fit.
type WasmModule = object & (typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : {});
type HeadersInit = Headers | Iterable<readonly [string, string]> | Record<string, string>;

/** `[Symbol.dispose](): void`, the same as `close()`, where the surroundings know that symbol: `using client = …`. */
type DisposableShape = SymbolConstructor extends { readonly dispose: infer Dispose extends symbol }
  ? { [method in Dispose]: () => void }
  : {};

interface SignalShape {
  readonly aborted: boolean;
  readonly reason: any;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

interface HeadersShape extends Iterable<[string, string]> {
  append(name: string, value: string): void;
  delete(name: string): void;
  get(name: string): string | null;
  has(name: string): boolean;
  set(name: string, value: string): void;
}

interface ResponseShape {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: HeadersShape;
  arrayBuffer(): Promise<ArrayBuffer>;
  json(): Promise<any>;
  text(): Promise<string>;
}

// Without this line everything above would count as exported.
export {};
