// Indicators in text, without asking anybody. The functions are synchronous: in a browser `init()` comes first.

import { localError } from "./errors.js";
import { core } from "./load.js";
import { HEAD, memory, names } from "./memory.js";
import { guarded } from "./tasks.js";

/** Words of an indicator; `src/js/detection.rs` says how they lie. */
const ROW = 4;
const [VALUE_IS_RAW, DEFANGED, LOW, SPECIAL] = [1 << 8, 1 << 9, 1 << 10, 1 << 11];

export function classify(text) {
  return guarded(() => {
    if (!core().classify(memory().ask(given(text)))) return null;
    const place = core().found() >>> 2;
    const what = memory().words[place + HEAD + 2];
    return {
      kind: names().kinds[what & 255],
      value: what & VALUE_IS_RAW ? text : memory().texts(place),
      special: (what & SPECIAL) !== 0,
    };
  });
}

export function refang(text) {
  return guarded(() => core().refang(memory().ask(given(text))));
}

export function defang(value) {
  return guarded(() => core().defang(memory().ask(given(value))));
}

export function extract(text, options) {
  const wanted = options === undefined ? undefined : written(options);
  return guarded(() => {
    const count = core().extract(memory().ask(given(text)), wanted);
    return count === 0 ? [] : indicators(text, core().found() >>> 2, count);
  });
}

function indicators(text, place, count) {
  const { words } = memory();
  const values = memory().texts(place);
  const { kinds } = names();
  const found = new Array(count);
  let next = 0;
  for (let index = 0, at = place + HEAD; index < count; index += 1, at += ROW) {
    const start = words[at];
    const end = words[at + 1];
    const what = words[at + 2];
    const raw = text.slice(start, end);
    found[index] = {
      kind: kinds[what & 255],
      value: what & VALUE_IS_RAW ? raw : values.slice(next, (next += words[at + 3])),
      raw,
      start,
      end,
      defanged: (what & DEFANGED) !== 0,
      confidence: what & LOW ? "low" : "high",
      special: (what & SPECIAL) !== 0,
    };
  }
  return found;
}

function given(text) {
  if (typeof text !== "string") throw localError("config_invalid", "text");
  return text;
}

function written(options) {
  let json;
  try {
    json = JSON.stringify(options);
  } catch {
    // Said below.
  }
  if (json === undefined) throw localError("config_invalid", "options");
  return json;
}
