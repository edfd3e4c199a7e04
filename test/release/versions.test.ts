import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readVersion } from "../../scripts/release/versionPlaces.js";

const read = (file: string): string => readFileSync(file, "utf8");

/** The parts of package.json that the image repeats. */
interface Manifest {
  name: string;
  version: string;
  description: string;
  license: string;
}
const manifest = JSON.parse(read("package.json")) as Manifest;

test("client, lockfile, docs and chart have the version of package.json", () => {
  expect(readVersion(".")).toBe(manifest.version);
});

test("the CHANGELOG lists the version below what is not released", () => {
  const headings = read("CHANGELOG.md").match(/^## .*$/gm);
  expect(headings?.[0]).toBe("## Unreleased");
  expect(headings?.[1]).toMatch(
    new RegExp(`^## ${manifest.version.replaceAll(".", "\\.")} \\(\\d{4}-\\d\\d-\\d\\d\\)$`),
  );
});

test("the lockfile has no addresses of packages", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, { resolved?: string }> };
  const resolved = Object.values(packages).flatMap((entry) => entry.resolved ?? []);
  expect(resolved).toEqual(["client"]);
});

test("the labels of the image are those of package.json, with the version of the build", () => {
  const labels = [...read("Dockerfile").matchAll(/org\.opencontainers\.image\.(\w+)="(.*)"/g)].map(
    ([, name, value]): [string | undefined, string | undefined] => [name, value],
  );
  expect(Object.fromEntries(labels)).toEqual({
    title: manifest.name,
    description: manifest.description,
    licenses: manifest.license,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Docker replaces it
    version: "${VERSION}",
  });
});
