#!/usr/bin/env node
// The command `ioc-lookup`. Everything that was printed has been written by the time main() is done; what may still be
// open is standard input, for which nobody waits any more.
import { main } from "./cli/main.js";

main(process.argv.slice(2)).then((code) => process.exit(code));
