// One tab stop for a long list: arrows, Home and End move inside it.

const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

/**
 * Makes the elements that match `selector` inside `list` one tab stop; `shown` tells which of them can be
 * seen. (Asking the browser would make it lay out the whole list.) Call `settle` after rows came or went.
 */
export function roving(list, selector, shown = () => true) {
  let current = null;

  function makeCurrent(stop) {
    if (current && current !== stop) current.tabIndex = -1;
    current = stop ?? null;
    if (current) current.tabIndex = 0;
  }

  list.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey || !event.target.matches(selector)) return;
    event.preventDefault();
    const stops = [...list.querySelectorAll(selector)].filter(shown);
    const at = Math.min(Math.max(stops.indexOf(event.target) + step, 0), stops.length - 1);
    makeCurrent(stops[at]);
    current.focus();
  });
  list.addEventListener("focusin", (event) => event.target.matches(selector) && makeCurrent(event.target));

  return {
    settle() {
      if (current?.isConnected && shown(current)) return;
      makeCurrent([...list.querySelectorAll(selector)].find(shown));
    },
  };
}
