// The element, and the module itself: for pages.
import { IocLookupElement } from "ioc-lookup/element";
import type { LookupProblem } from "ioc-lookup/element";
import module from "ioc-lookup/core.wasm";
import { createClient } from "ioc-lookup";
import init from "ioc-lookup/slim";

await init(module);
const element = document.createElement("ioc-lookup");
element.clients = [await createClient({ platform: "threatq", baseUrl: "https://tq.example", auth: { accessToken: "t" } })];
element.addEventListener("ioc-result", ({ detail }) => detail.reports.map((report) => report.verdict));
element.addEventListener("ioc-error", ({ detail }: CustomEvent<LookupProblem>) => detail.error.code);
const itself: IocLookupElement = element;
// @ts-expect-error clients, not configurations
itself.clients = [{ platform: "threatq" }];
