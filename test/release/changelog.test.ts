import { expect, test } from "vitest";
import { releaseChangelog } from "../../scripts/release/changelog.js";

const HEAD = "# Changelog\n\nAll notable changes.\n\n";
const EARLIER = "## 1.0.0 (2026-11-29)\n\n- All.\n";

test("unreleased changes become those of the version, below an empty unreleased section", () => {
  const changes = "\n\n### Added\n\n- A route.\n\n";
  expect(releaseChangelog(`${HEAD}## Unreleased${changes}${EARLIER}`, "1.1.0", "2027-01-31")).toBe(
    `${HEAD}## Unreleased\n\n## 1.1.0 (2027-01-31)${changes}${EARLIER}`,
  );
});

test("the first release needs no earlier one", () => {
  expect(releaseChangelog("## Unreleased\n\n- A route.\n", "0.1.0", "2027-01-31")).toBe(
    "## Unreleased\n\n## 0.1.0 (2027-01-31)\n\n- A route.\n",
  );
});

test.each([
  ["nothing", "\n\n"],
  ["headings alone", "\n\n### Added\n\n### Changed\n\n"],
])("%s under the heading: nothing to release", (_, changes) => {
  expect(() => releaseChangelog(`${HEAD}## Unreleased${changes}${EARLIER}`, "1.1.0", "2027-01-31")).toThrow(
    'CHANGELOG.md lists no changes under "## Unreleased": describe them, then release',
  );
});

test.each([
  ["no heading", HEAD + EARLIER],
  ["a heading of another text", `${HEAD}## Unreleased changes\n\n- A route.\n\n${EARLIER}`],
  ["two headings", `${HEAD}## Unreleased\n\n- A.\n\n## Unreleased\n\n- B.\n`],
])("%s: the changes are unknown", (_, text) => {
  expect(() => releaseChangelog(text, "1.1.0", "2027-01-31")).toThrow(
    'CHANGELOG.md needs one heading "## Unreleased": add it above the newest version',
  );
});
