// One tab stop for a long list: arrows, Home and End move inside it.

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/**
 * Makes the elements that match `selector` inside `list` one tab stop. Call `settle` after rows
 * came or went.
 */
export function roving(list, selector) {
  let current = null;

  const stops = () => [...list.querySelectorAll(selector)].filter((stop) => stop.checkVisibility());

  function makeCurrent(stop) {
    if (current && current !== stop) current.tabIndex = -1;
    current = stop ?? null;
    if (current) current.tabIndex = 0;
  }

  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches(selector)) return;
    event.preventDefault();
    const all = stops();
    const at = Math.min(Math.max(all.indexOf(event.target) + step, 0), all.length - 1);
    makeCurrent(all[at]);
    current.focus();
  });
  list.addEventListener("focusin", (event) => event.target.matches(selector) && makeCurrent(event.target));

  return {
    settle() {
      if (!current?.isConnected || !current.checkVisibility()) makeCurrent(stops()[0]);
    },
  };
}
