// Builds DOM from data; the element's own functions, which set foreign text as text.

export { el, foreign, honest } from "../ioc-lookup/element/dom.js";
