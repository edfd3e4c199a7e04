import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderFindingsPage } from "../../scripts/docs/findings.js";

it("the page about findings is generated from the rules", () => {
  expect(readFileSync("docs/operations/findings.md", "utf8")).toBe(renderFindingsPage());
});
