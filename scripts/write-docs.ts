/**
 * Writes what is made from the code: the tables of settings, the page about dependencies, and what the client knows of the API.
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { typesOf, workflowRequestOf } from "../client/scripts/generate.js";
import { dependenciesPage, type Lock, type Manifest } from "./docs/dependencies.js";
import { apiDocument } from "./docs/apiDocument.js";
import { withSettings } from "./docs/settingsSection.js";

const read = (file: string): string => readFileSync(file, "utf8");

writeFileSync("docs/operations.md", withSettings(read("docs/operations.md")));
const manifest = JSON.parse(read("package.json")) as Manifest;
const client = JSON.parse(read("client/package.json")) as Manifest;
const lock = JSON.parse(read("package-lock.json")) as Lock;
writeFileSync("docs/dependencies.md", dependenciesPage(manifest, client, lock));
const document = await apiDocument();
writeFileSync("client/src/schema.d.ts", await typesOf(document));
writeFileSync("client/src/cli/workflowRequest.ts", workflowRequestOf(document));
