// Functions for a page under test: has anybody touched it?

/** Begins to count changes; returns the page as it is. */
export function watch() {
  globalThis.changes = 0;
  new MutationObserver((records) => (globalThis.changes += records.length)).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    characterData: true,
  });
  return document.documentElement.outerHTML;
}

export function seen() {
  return { html: document.documentElement.outerHTML, changes: globalThis.changes };
}
