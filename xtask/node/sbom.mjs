// Writes the package's bill of materials beside its tarball: CycloneDX 1.6, the same bytes for the same tarball.
// Usage: node sbom.mjs TARBALL
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { cratesInside } from "./crates.mjs";

const manifest = JSON.parse(readFileSync(new URL("../../pkg-template/package.json", import.meta.url), "utf8"));

/** The bill of materials for a tarball's bytes. */
export function billOfMaterials(tarball) {
  const { crates, direct } = cratesInside();
  const refs = new Map(crates.map(({ name, version }) => [name, `pkg:cargo/${name}@${version}`]));
  const own = `pkg:npm/${manifest.name}@${manifest.version}`;
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "library",
        "bom-ref": own,
        name: manifest.name,
        version: manifest.version,
        description: manifest.description,
        hashes: [{ alg: "SHA-512", content: createHash("sha512").update(tarball).digest("hex") }],
        licenses: [{ expression: manifest.license }],
        purl: own,
      },
    },
    components: crates.map(({ name, version, license, checksum, repository }) => ({
      type: "library",
      "bom-ref": refs.get(name),
      name,
      version,
      hashes: [{ alg: "SHA-256", content: checksum }],
      licenses: [{ expression: license }],
      purl: refs.get(name),
      externalReferences: [{ type: "vcs", url: repository }],
    })),
    dependencies: [
      { ref: own, dependsOn: direct.map((name) => refs.get(name)) },
      ...crates.map(({ name, dependsOn }) => ({ ref: refs.get(name), dependsOn: dependsOn.map((other) => refs.get(other)) })),
    ],
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [tarball] = process.argv.slice(2);
  writeFileSync(tarball.replace(/\.tgz$/, ".cdx.json"), `${JSON.stringify(billOfMaterials(readFileSync(tarball)), null, 2)}\n`);
}
