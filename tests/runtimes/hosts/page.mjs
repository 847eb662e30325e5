// A page's side: puts an agent where the runner can call it. `PACKAGE_ENTRY` is replaced by the runner's server.

import { importEffects } from "./instruments.mjs";
import * as ioc from "PACKAGE_ENTRY";
import { makeAgent } from "./agent.mjs";
import { callable } from "./hosts/browser.mjs";

const imported = importEffects();
const runtime = new URL(location.href).searchParams.get("runtime");
callable(makeAgent({ ioc, runtime, imported }));
