// Runs in the page, in a world of its own: reads its text, and marks pieces of it. The page's elements stay as they are: marks
// are CSS highlights, ranges that the browser paints.
//
// - **Shape**: `iocLookupPage.read(longest)` gives the visible text; offsets into it, in UTF-16 units, are what `mark` and
//   `show` take. Blocks are apart by a line break; within a block elements do not matter: `evil<b>.example</b>` is one word.
// - It listens to no message and sends none: the panel calls it and gets what it returns.

globalThis.iocLookupPage ??= (() => {
  const NAMES = ["found", "malicious", "suspicious", "benign", "unknown", "current"];
  /** Elements that do not end a word. */
  const INLINE = new Set(["inline", "contents", "ruby"]);
  const SILENT = new Set(["SCRIPT", "STYLE", "NOSCRIPT", "TEMPLATE", "TEXTAREA", "SELECT", "IFRAME", "OBJECT", "SVG", "MATH"]);

  /** The text of the latest reading, as nodes: `{ node, start, length }`, in the order of the text. */
  let pieces = [];

  function read(longest) {
    const reading = new Reading(longest);
    walk(document.body, reading);
    pieces = reading.pieces;
    return { text: reading.text.join(""), cut: reading.full };
  }

  class Reading {
    text = [];
    pieces = [];
    length = 0;
    full = false;
    #broken = true;

    constructor(longest) {
      this.longest = longest;
    }

    add(node) {
      const piece = node.data.slice(0, this.longest - this.length);
      this.full ||= piece.length < node.length;
      if (piece === "") return;
      this.pieces.push({ node, start: this.length, length: piece.length });
      this.#write(piece);
      this.#broken = false;
    }

    break() {
      if (!this.#broken) this.#write("\n");
      this.#broken = true;
    }

    #write(text) {
      this.text.push(text);
      this.length += text.length;
    }
  }

  // A stack of our own: pages can nest elements deeper than the engine nests calls. What is left of an element is its next
  // child, or that it ends.
  function walk(root, reading) {
    const stack = [];
    enter(root, stack, reading);
    while (stack.length > 0 && !reading.full) {
      const place = stack[stack.length - 1];
      const { next } = place;
      if (next === null) {
        if (place.block) reading.break();
        stack.pop();
        continue;
      }
      place.next = next.nextSibling;
      if (next.nodeType === Node.TEXT_NODE) reading.add(next);
      else if (next.nodeType === Node.ELEMENT_NODE) enter(next, stack, reading);
    }
  }

  function enter(element, stack, reading) {
    if (!element || SILENT.has(element.nodeName.toUpperCase())) return;
    const { display, visibility } = getComputedStyle(element);
    if (display === "none" || visibility !== "visible") return;
    const block = element.nodeName === "BR" || !INLINE.has(display);
    if (block) reading.break();
    stack.push({ next: element.firstChild, block });
  }

  /** `marks` are `{ start, end, name }`; those of before go. Returns how many could be placed. */
  function mark(marks) {
    const ranges = Map.groupBy(
      marks.map(({ start, end, name }) => ({ name, range: rangeOf(start, end) })).filter(({ range }) => range),
      ({ name }) => name,
    );
    let placed = 0;
    for (const name of NAMES) {
      const group = ranges.get(name) ?? [];
      placed += group.length;
      paint(name, group.map(({ range }) => range));
    }
    return placed;
  }

  function paint(name, ranges) {
    const key = `ioc-lookup-${name}`;
    if (ranges.length === 0) CSS.highlights.delete(key);
    else CSS.highlights.set(key, new Highlight(...ranges));
  }

  /** Brings a piece of the text into view. Returns whether it is still there. */
  function show(start, end) {
    const range = rangeOf(start, end);
    if (!range) return false;
    range.startContainer.parentElement.scrollIntoView({ block: "center", inline: "nearest" });
    paint("current", [range]);
    return true;
  }

  /** Null where the page has changed since it was read. */
  function rangeOf(start, end) {
    const [from, to] = [pieceAt(start), pieceAt(end - 1)];
    if (!isThere(from, start) || !isThere(to, end - 1)) return null;
    const range = new Range();
    range.setStart(from.node, start - from.start);
    range.setEnd(to.node, end - to.start);
    return range;
  }

  /** The last piece that begins at or before `offset`. */
  function pieceAt(offset) {
    let [low, high] = [0, pieces.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (pieces[middle].start <= offset) low = middle;
      else high = middle - 1;
    }
    return pieces[low];
  }

  function isThere(piece, offset) {
    return piece !== undefined && piece.node.isConnected && offset < piece.start + piece.length && offset - piece.start < piece.node.length;
  }

  return { read, mark, show, clear: () => mark([]) };
})();

// The value of the last line goes to the caller, and Firefox takes no functions there.
undefined;
