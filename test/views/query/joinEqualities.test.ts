import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeEqualities } from "../../../src/views/query/mergeEqualities.js";
import { propertyRuns } from "../../setup/propertyRuns.js";
import { compileFilter } from "./compileFilter.js";

type Filter = Record<string, unknown>;

const JOINED: [written: Filter, joined: Filter][] = [
  [{ $or: [{ a: 1 }, { a: 2 }] }, { a: { $in: [1, 2] } }],
  [{ $or: [{ a: 1 }, { a: { $eq: 2 } }, { a: { $in: [3, 4] } }] }, { a: { $in: [1, 2, 3, 4] } }],
  [{ $or: [{ a: { $in: [] } }, { a: { $in: [] } }] }, { a: { $in: [] } }],
  [{ $or: [{ a: 1 }] }, { a: 1 }],
  [{ $or: [{ a: { $gt: 1 } }] }, { a: { $gt: 1 } }],
  [{ $or: [{ a: null }, { a: [1] }, { a: { b: 1 } }, { a: {} }] }, { a: { $in: [null, [1], { b: 1 }, {}] } }],
  [{ $or: [{ a: { $eq: { $b: 1 } } }, { a: 1 }] }, { a: { $in: [{ $b: 1 }, 1] } }],
  [{ $nor: [{ a: 1 }, { a: 2 }] }, { $nor: [{ a: { $in: [1, 2] } }] }],
  [{ $nor: [{ a: 1 }] }, { $nor: [{ a: 1 }] }],
  [
    { $or: [{ a: 1 }, { b: 1 }, { c: 1 }, { b: 2 }, { a: 2 }] },
    { $or: [{ a: { $in: [1, 2] } }, { b: { $in: [1, 2] } }, { c: 1 }] },
  ],
  [
    { a: 0, $or: [{ a: 1 }, { a: 2 }], $and: [{ b: 1 }] },
    { $and: [{ a: { $in: [1, 2] } }, { b: 1 }], a: 0 },
  ],
  [
    { a: 0, $or: [{ b: 1 }, { b: 2 }] },
    { $and: [{ b: { $in: [1, 2] } }], a: 0 },
  ],
  [{ $or: [{ a: 1 }, { $or: [{ a: 2 }, { a: 3 }] }] }, { a: { $in: [1, 2, 3] } }],
  [{ $or: [{ a: 1 }, { $and: [{ a: 2 }] }] }, { a: { $in: [1, 2] } }],
  [{ $or: [{ a: 1, $comment: "x" }, { a: 2 }] }, { a: { $in: [1, 2] } }],
  [{ $comment: "x" }, {}],
  [{ a: { $elemMatch: { $or: [{ b: 1 }, { b: 2 }] } } }, { a: { $elemMatch: { b: { $in: [1, 2] } } } }],
  [
    { a: { $not: { $elemMatch: { $elemMatch: { $nor: [{ b: 1 }, { b: 2 }] } } } } },
    { a: { $not: { $elemMatch: { $elemMatch: { $nor: [{ b: { $in: [1, 2] } }] } } } } },
  ],
  [
    { a: { $all: [{ $elemMatch: { $or: [{ b: 1 }, { b: 2 }] } }, { $elemMatch: { $gt: 1 } }] } },
    { a: { $all: [{ $elemMatch: { b: { $in: [1, 2] } } }, { $elemMatch: { $gt: 1 } }] } },
  ],
];

const LEFT: Filter[] = [
  {},
  { a: 1, b: { $in: [1] } },
  { $or: [{ a: 1 }, { b: 1 }] },
  { $or: [{ a: 1 }, { "a.b": 1 }] },
  { $or: [{}, { a: 1 }] },
  { $or: [{ a: 1, b: 1 }, { a: 2 }] },
  { $or: [{ a: { $eq: 1, $ne: 2 } }, { a: 2 }] },
  { $or: [{ a: { $in: [1], $exists: true } }, { a: 2 }] },
  { $or: [{ a: { $ne: 1 } }, { a: { $ne: 2 } }] },
  { $or: [{ a: { $nin: [1] } }, { a: { $all: [1] } }, { a: { $not: { $eq: 1 } } }] },
  { $and: [{ a: 1 }, { a: 2 }] },
];

describe("equalities with one field", () => {
  test.each(JOINED)("are joined: %j", (written, joined) => {
    expect(mergeEqualities(written)).toEqual(joined);
  });

  test.each(LEFT)("are not joined with other conditions: %j", (written) => {
    expect(mergeEqualities(written)).toEqual(written);
  });

  test("are joined for a field named __proto__, too", () => {
    const written = JSON.parse('{"$nor": [{"__proto__": 1}, {"__proto__": 2}], "__proto__": 3}') as Filter;
    expect(JSON.stringify(mergeEqualities(written))).toBe('{"$nor":[{"__proto__":{"$in":[1,2]}}],"__proto__":3}');
  });

  test("the given filter is not changed", () => {
    const written = { $or: [{ a: { $in: [1] } }, { a: 2 }] };
    mergeEqualities(written);
    expect(written).toEqual({ $or: [{ a: { $in: [1] } }, { a: 2 }] });
  });
});

const someValue = fc.constantFrom<unknown>(0, 1, -0, "1", "", null, true, [], [1], [null], {}, { b: 1 });
const someField = fc.constantFrom("a", "a.b", "a.0", "__proto__", "length");
const someClause = fc
  .tuple(
    fc.array(someField, { minLength: 1, maxLength: 2 }),
    fc.oneof(
      someValue,
      someValue.map(($eq) => ({ $eq })),
      someValue.map(($ne) => ({ $ne })),
      fc.array(someValue, { maxLength: 3 }).map(($in) => ({ $in })),
    ),
  )
  .map(([fields, condition]) => Object.fromEntries(fields.map((field) => [field, condition])));
const someDocument = fc.dictionary(
  fc.constantFrom("a", "__proto__"),
  fc.oneof(someValue, fc.array(fc.oneof(someValue, fc.record({ b: someValue })), { maxLength: 3 })),
);

test("an $or finds the matches of any clause, a $nor all other documents", () => {
  fc.assert(
    fc.property(fc.array(someClause, { minLength: 1, maxLength: 5 }), someDocument, (clauses, document) => {
      const found = clauses.some((clause) => compileFilter(clause)(document));
      expect(compileFilter({ $or: clauses })(document)).toBe(found);
      expect(compileFilter({ $nor: clauses })(document)).toBe(!found);
      expect(compileFilter({ $and: [{ $or: clauses }, {}] })(document)).toBe(found);
    }),
    { numRuns: propertyRuns(2000) },
  );
});
