import { expect, test } from "vitest";
import { checkNextVersion } from "../../scripts/release/nextVersion.js";

test.each([
  ["1.0.0", "1.0.1"],
  ["1.0.9", "1.0.10"],
  ["1.9.9", "1.10.0"],
  ["9.9.9", "10.0.0"],
])("after %s comes %s", (current, next) => {
  expect(() => checkNextVersion(current, next)).not.toThrow();
});

test.each([
  ["1.2.3", "1.2.3"],
  ["1.2.3", "1.2.2"],
  ["1.10.0", "1.9.9"],
  ["2.0.0", "1.99.99"],
])("after %s cannot come %s", (current, next) => {
  expect(() => checkNextVersion(current, next)).toThrow(
    `${next} is not newer than ${current}, the version of package.json: choose a higher one`,
  );
});

test.each(["", "1.2", "v1.2.3", "1.2.3.4", "01.2.3", "1.2.3-rc.1", "1.2.x", " 1.2.3"])("%j is no version", (text) => {
  expect(() => checkNextVersion("1.0.0", text)).toThrow(
    `"${text}" is not a version: expected three numbers such as 1.2.3`,
  );
});
