// The public functions.
import { core, init } from "./load.js";

export { LookupError, isLookupError } from "./errors.js";
export default init;
export const version = () => core().version();
