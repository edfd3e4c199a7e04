import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { replaceSettingsSection } from "../../scripts/docs/settingsSection.js";
import { describeSettings } from "../../src/config/settings.js";

test("docs/operations/configure.md describes every setting as the code reads it (else: npm run docs)", () => {
  const page = readFileSync("docs/operations/configure.md", "utf8");
  expect(page).toBe(replaceSettingsSection(page));
  for (const { name } of describeSettings()) expect(page).toMatch(new RegExp(`^\\| \`${name}\`(?: \\(F\\))? \\|`, "m"));
});
