import { expect, test } from "vitest";
import { prepareFilter } from "../../../src/views/query/prepareFilter.js";

const MEMBERS = 500_000;
const LARGE_DOCUMENT = { a: Array.from({ length: MEMBERS }, (_, n) => n) };
const { length } = JSON.stringify(LARGE_DOCUMENT);

/** Conditions that never hold, so that all are tested. */
const conditions = (count: number): Record<string, unknown> => ({
  $or: Array.from({ length: count }, (_, n) => ({ a: { $gt: MEMBERS + n } })),
});

test("thousands of conditions on a document of half a million values exceed the time limit", () => {
  const { matches } = prepareFilter(conditions(4_000));
  const refused = "query: 8001 conditions take too long on such large documents; use fewer";
  expect(() => matches(LARGE_DOCUMENT, length)).toThrow(refused);
  expect(matches({ a: [1, 2] }, 11)).toBe(false);
  expect(matches({ a: [1, 2 * MEMBERS] }, 11)).toBe(true);
  expect(() => matches(LARGE_DOCUMENT, length)).toThrow(refused);
});

test("so do thousands of conditions with a pattern, which has its own time limit", () => {
  const { matches } = prepareFilter({ ...conditions(4_000), $and: [{ b: { $regex: "^(a|b)*c" } }] });
  const document = { ...LARGE_DOCUMENT, b: `${"ab".repeat(50_000)}c` };
  expect(() => matches(document, JSON.stringify(document).length)).toThrow(/^query: .* takes? too long/);
});

test("an ordinary filter accepts a large document", () => {
  const { matches } = prepareFilter({ b: "x", a: { $gte: MEMBERS - 1, $lt: 2 * MEMBERS, $ne: -1 } });
  expect(matches({ ...LARGE_DOCUMENT, b: "x" }, length)).toBe(true);
  expect(matches({ ...LARGE_DOCUMENT, b: "y" }, length)).toBe(false);
});
