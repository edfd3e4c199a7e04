/**
 * Generates files from the code: the settings in docs, Compose file and Helm chart, the alerts of the chart, pages of docs,
 * the client's types and request schema.
 *
 *   npm run docs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { typesOf, workflowRequestOf } from "../client/scripts/generate.js";
import { createApiDocument } from "./docs/apiDocument.js";
import { renderSecretNames, replaceChartSettings } from "./docs/chartSettings.js";
import { replaceComposeSettings } from "./docs/composeSettings.js";
import { type Manifest, type PackageLock, renderDependenciesPage } from "./docs/dependencies.js";
import { renderFindingsPage } from "./docs/findings.js";
import { renderPhasesPage } from "./docs/phases.js";
import { replaceSettingsSection } from "./docs/settingsSection.js";

const read = (file: string): string => readFileSync(file, "utf8");

writeFileSync("docs/operations/configure.md", replaceSettingsSection(read("docs/operations/configure.md")));
writeFileSync("docker-compose.yml", replaceComposeSettings(read("docker-compose.yml")));
const chart = "ops/kubernetes/ewms-wms";
writeFileSync(`${chart}/values.schema.json`, replaceChartSettings(read(`${chart}/values.schema.json`)));
writeFileSync(`${chart}/files/secret-settings.json`, renderSecretNames());
const manifest = JSON.parse(read("package.json")) as Manifest;
const client = JSON.parse(read("client/package.json")) as Manifest;
const lock = JSON.parse(read("package-lock.json")) as PackageLock;
writeFileSync("docs/dependencies.md", renderDependenciesPage(manifest, client, lock));
writeFileSync("docs/phases.md", renderPhasesPage());
writeFileSync("docs/operations/findings.md", renderFindingsPage());
const document = await createApiDocument();
writeFileSync("client/src/schema.d.ts", await typesOf(document));
writeFileSync("client/src/cli/workflowRequest.ts", workflowRequestOf(document));
