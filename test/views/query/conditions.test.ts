import { describe, expect, test } from "vitest";
import { countConditions } from "../../../src/views/query/filterShape.js";
import { validateFilter } from "../../../src/views/query/validateFilter.js";

const COUNTED: [conditions: number, filter: Record<string, unknown>][] = [
  [0, {}],
  [1, { a: 1 }],
  [1, { a: { b: { c: 1 } } }],
  [3, { a: { $gt: 1, $lt: 5 } }],
  [3, { a: { $regex: "x", $options: "i" } }],
  [3, { a: 1, b: { $size: 2 } }],
  [5, { $or: [{ a: 1 }, { b: 1 }], $nor: [{ a: 1 }] }],
  [2, { a: { $in: [1, "x", null, true] } }],
  [4, { a: { $nin: [1, {}, [2]] } }],
  [5, { a: { $all: [1, [2], { b: 1 }] } }],
  [4, { a: { $not: { $not: { $gt: 1 } } } }],
  [4, { a: { $elemMatch: { b: 1, c: 2 } } }],
  [4, { a: { $elemMatch: { $gt: 1, $lt: 5 } } }],
  [8, { a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { $gt: 1 } }] } }],
  [2, { a: { $elemMatch: {} } }],
];

describe("the conditions of a filter", () => {
  test.each(COUNTED)("%i: %j", (conditions, filter) => {
    expect(countConditions(filter)).toBe(conditions);
  });

  test.each(COUNTED.slice(1))("are %i for the limit on the length of a filter, too: %j", (conditions, filter) => {
    const copies = Math.floor(9_999 / conditions);
    const rest = 9_999 - copies * conditions;
    const clauses = [
      ...Array.from({ length: copies }, () => filter),
      ...Array.from({ length: rest }, () => ({ z: 1 })),
    ];
    expect(() => validateFilter({ $and: clauses })).not.toThrow();
    expect(() => validateFilter({ $and: [...clauses, { z: 1 }] })).toThrow("more than 10000 conditions");
  });
});
