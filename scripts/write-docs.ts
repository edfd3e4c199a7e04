/**
 * Writes the parts of the documentation that are made from the code: the tables of settings, and the page about dependencies.
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dependenciesPage, type Lock, type Manifest } from "./docs/dependencies.js";
import { withSettings } from "./docs/settings.js";

const read = (file: string): string => readFileSync(file, "utf8");

writeFileSync("docs/operations.md", withSettings(read("docs/operations.md")));
const manifest = JSON.parse(read("package.json")) as Manifest;
const lock = JSON.parse(read("package-lock.json")) as Lock;
writeFileSync("docs/dependencies.md", dependenciesPage(manifest, lock));
