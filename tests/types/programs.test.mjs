// The sample programs, under every module system and in all surroundings.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { complaints, MODULES, SURROUNDINGS } from "./compiler.mjs";

const EVERYWHERE = ["everywhere.ts", "mistakes.ts", "stores.ts"];
const FURTHER = {
  "nothing but the language": [],
  "the DOM": ["surroundings.ts", "element.ts", "page-stores.ts"],
  "a worker": ["surroundings.ts", "page-stores.ts"],
  Node: ["surroundings.ts"],
};

for (const [modules, moduleOptions] of Object.entries(MODULES)) {
  describe(`${modules}:`, () => {
    for (const [surroundings, typeOptions] of Object.entries(SURROUNDINGS)) {
      test(`with ${surroundings}, programs that are right compile and mistakes do not`, async () => {
        const samples = [...EVERYWHERE, ...FURTHER[surroundings], ...(modules === "bundler" ? [] : ["common.cts"])];
        assert.equal(await complaints({ samples, options: { ...moduleOptions, ...typeOptions } }), "");
      });
    }
  });
}

test("without exactOptionalPropertyTypes it is the same", async () => {
  const options = { ...MODULES.nodenext, ...SURROUNDINGS["the DOM"], exactOptionalPropertyTypes: false };
  assert.equal(await complaints({ samples: [...EVERYWHERE, ...FURTHER["the DOM"]], options }), "");
});

test("a client can be declared with `using` where the language knows it", async () => {
  const options = { ...MODULES.nodenext, lib: ["esnext"] };
  assert.equal(await complaints({ samples: ["disposal.ts"], options }), "");
});

test("the types add nothing to the globals of a program", async () => {
  const text = 'import "ioc-lookup";\nexport type Leaked = [Response, Headers, AbortSignal];\n';
  const options = { ...MODULES.nodenext, ...SURROUNDINGS["nothing but the language"] };
  const names = (await complaints({ texts: { "globals.ts": text }, options })).match(/Cannot find name '\w+'/g);
  assert.deepEqual(names, ["Response", "Headers", "AbortSignal"].map((name) => `Cannot find name '${name}'`));
});
