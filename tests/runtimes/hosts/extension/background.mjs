// The side of an extension's service worker: puts an agent where the runner can call it. `PACKAGE_ENTRY` is replaced by the runner.

import { importEffects } from "./instruments.mjs";
import * as ioc from "PACKAGE_ENTRY";
import { makeAgent } from "./agent.mjs";
import { callable } from "./hosts/browser.mjs";

callable(makeAgent({ ioc, runtime: "extension", imported: importEffects() }));
