// A token store for browser extensions: `storage.session`, which is kept in memory, outlives the service worker, ends
// with the browser, and is not shown to content scripts.
//
// All contexts of the extension (worker, side panel, options) share it; the Web Locks API excludes between them.

/** `area` and `locks` are found by themselves; they are parameters for tests and for other areas. */
export function sessionStore({ area = sessionArea(), locks = globalThis.navigator?.locks } = {}) {
  const store = {
    async get(key) {
      return (await area.get(key))[key] ?? null;
    },

    async set(key, value) {
      await area.set({ [key]: value });
    },

    async delete(key) {
      await area.remove(key);
    },
  };
  if (locks) store.lock = (key, run) => locks.request(key, () => run());
  return store;
}

/** Firefox has promises in `browser`; Chromium has them in `chrome`. */
function sessionArea() {
  const area = (globalThis.browser ?? globalThis.chrome)?.storage?.session;
  if (!area) throw new TypeError("sessionStore needs an extension with the permission \"storage\"");
  return area;
}
