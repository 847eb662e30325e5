// The one thing that Chromium and Firefox name differently. Both give promises.

export const api = globalThis.browser ?? globalThis.chrome;
