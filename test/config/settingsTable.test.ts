import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withSettings } from "../../scripts/docs/settingsSection.js";
import { settingsAbout } from "../../src/config/settings.js";

test("docs/operations.md describes every setting as the code reads it (else: npm run docs)", () => {
  const page = readFileSync("docs/operations.md", "utf8");
  expect(page).toBe(withSettings(page));
  for (const { name } of settingsAbout()) expect(page).toContain(`| \`${name}\` |`);
});
