// The element's words, with ours laid over them.

import { createText } from "../ioc-lookup/element/text.js";
import { strings } from "./strings.js";

export const text = createText(strings);
