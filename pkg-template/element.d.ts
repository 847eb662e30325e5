/**
 * "ioc-lookup/element" registers `<ioc-lookup>`: text in, what the platforms know out.
 *
 *     <script type="module">import "ioc-lookup/element";</script>
 *     <ioc-lookup endpoint="/lookup"></ioc-lookup>
 *
 * It has no dependency, writes nothing to storage, sets every foreign text as text, and runs under
 * `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src <whom it asks>;
 * require-trusted-types-for 'script'`.
 *
 * # Whom it asks
 *
 * The first of these that is set: `ask`, `endpoint`, `clients`.
 *
 * # The wire format of `endpoint`
 *
 * The element sends one request for each 100 values, one after the other:
 *
 *     POST <endpoint>
 *     Content-Type: application/json
 *
 *     {"values":["example.com","203.0.113.9"]}
 *
 * The values are refanged and canonical. The answer has status 200 and is a JSON array with a
 * {@link LookupResult} for each value, in their order, 16 MiB at most. Members that are missing count as
 * null or empty. With another status it may be `{"error": …}`, the error as `LookupError.toJSON()` gives
 * it: `code` decides what the person reads, `retryAfterMs` how long they are told to wait. Without it 401
 * counts as `unauthorized`, 403 as `forbidden`, 404 as `not_found`, 429 as `rate_limited`, 5xx as
 * `server_error`. Redirects are not followed. A request ends after 60 seconds.
 *
 * The browser sends cookies to the page's own origin. Another kind of sign-in goes through `fetch`:
 *
 *     element.fetch = (url, init) => fetch(url, { ...init, headers: { ...init.headers, Authorization: token } });
 *
 * # Look
 *
 * Colours follow the page's `color-scheme`. Custom properties: `--ioc-text`, `--ioc-muted`, `--ioc-surface`,
 * `--ioc-raised`, `--ioc-line`, `--ioc-edge` (borders of controls), `--ioc-accent`, `--ioc-on-accent`,
 * `--ioc-radius`, `--ioc-font`, `--ioc-font-size`, `--ioc-mono`; for each verdict `--ioc-malicious` and
 * `--ioc-malicious-soft` (its ground), and the same for `suspicious`, `benign`, `unknown`.
 *
 * Parts: `label`, `input`, `hint`, `complaint`, `button` (all of them; one by one `look-up`, `clear`, `cancel`,
 * `try-again`, `filter`, `copy`, `csv`, `stix`, `more`, `forget`, `entry`), `found`, `candidates`, `candidate`, `progress`,
 * `problems`, `problem`, `advice`, `steps`, `results`, `result`, `verdict` (and `verdict-malicious` …), `score`,
 * `card`, `tag`, `tlp`, `timeline`, `link`, `raw`, `history`.
 *
 * # Keys
 *
 * Enter looks a single line up, Ctrl+Enter any text, Escape cancels. In the lists, which are one tab stop each,
 * the arrow keys, Home and End move, Space ticks, Enter opens.
 */

import type { Check, Client, LookupError, LookupResult, Progress } from "./index.js";

/** What went wrong, once for each platform that failed, or for the look-up as a whole. */
export interface LookupProblem {
  /** Name of the client that failed; null: the whole look-up. */
  name: string | null;
  error: LookupError;
  /** What `client.check()` said about it, where it could say something. */
  check: Check | null;
}

/** A look-up by other means, for example through the service worker of an extension. */
export type Ask = (
  values: string[],
  options: { signal: AbortSignal; onProgress: (progress: Progress) => void },
) =>
  AsyncIterable<LookupResult> | Iterable<LookupResult> | Promise<AsyncIterable<LookupResult> | Iterable<LookupResult>>;

/** A text, or one for each plural category of the locale. `{name}` is filled in. */
export type LookupText = string | { [category in Intl.LDMLPluralRule]?: string };

/**
 * Every word of the element. `IocLookupElement.strings` holds the English table, which tells what there is;
 * a table of yours may be incomplete, also within its groups.
 */
export interface LookupStrings {
  /** Language of numbers, dates and plurals, as in `lang`. */
  locale?: string;
  [key: string]: LookupText | { [key: string]: LookupText } | undefined;
}

/** `<ioc-lookup>`. */
export class IocLookupElement extends HTMLElement {
  static readonly formAssociated: true;
  /** Words of all elements that are drawn from now on. */
  static strings: LookupStrings;

  /**
   * The text. The attribute is the text at the beginning and after a reset of the form. The form gets the text
   * as it stands, under `name`.
   */
  value: string;
  /** Attribute and property: address of a look-up server, relative to the page. It keeps the secrets: the recommended way. */
  endpoint: string;
  /** Attribute and property: the name in a form. */
  name: string;
  /** Attribute and property. Also true inside a disabled fieldset, as far as it can be used. */
  disabled: boolean;

  /** Clients of `createClient`, asked from this page. */
  clients: Client[];
  ask: Ask | null;
  /** Replaces the global fetch for `endpoint`. */
  fetch: typeof globalThis.fetch | undefined;
  /** Words of this element, before those of `IocLookupElement.strings`; read, all words as they are in use. */
  get strings(): LookupStrings;
  set strings(table: LookupStrings | null);
  /** Results of the look-up that is shown, in the order in which they came. */
  readonly results: LookupResult[];

  /**
   * Takes `text` as the new value, if given, and looks up what is ticked. Resolves with the results; what failed is
   * shown and told by `ioc-error`. Nothing ticked, nothing found or nobody to ask: the element says so, and the array is empty.
   */
  lookup(text?: string): Promise<LookupResult[]>;
  /** Ends the look-up under way; what has come stays. */
  cancel(): void;
  /** Empties text and results. */
  clear(): Promise<void>;

  readonly form: HTMLFormElement | null;
  readonly labels: NodeList;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  /** False where there is text and no indicator in it. */
  checkValidity(): boolean;
  reportValidity(): boolean;
}

/** All of them bubble, and leave shadow trees. */
export interface IocLookupEventMap {
  /** For each result, as it comes. */
  "ioc-result": CustomEvent<LookupResult>;
  /** For each platform that failed, and for a look-up that failed altogether. */
  "ioc-error": CustomEvent<LookupProblem>;
  /** At the end of each look-up. */
  "ioc-done": CustomEvent<{ results: LookupResult[]; cancelled: boolean }>;
}

declare global {
  interface HTMLElementTagNameMap {
    "ioc-lookup": IocLookupElement;
  }
  interface HTMLElementEventMap extends IocLookupEventMap {}
}
