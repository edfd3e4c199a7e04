import { describe, expect, test } from "vitest";
import { WmsError } from "../../../src/domain/wmsError.js";
import { compileFilter } from "./compileFilter.js";

const nested = (levels: number, around: (inner: object) => object, core: object = { a: 1 }): object => {
  let filter = core;
  for (let level = 0; level < levels; level++) filter = around(filter);
  return filter;
};
const inAnd = (inner: object) => ({ $and: [inner] });
const inNor = (inner: object) => ({ $nor: [inner] });
const inNot = (inner: object) => ({ $not: inner });
const inElemMatch = (inner: object) => ({ a: { $elemMatch: inner } });
const inValue = (inner: object) => ({ a: inner });

const REFUSED: [filter: unknown, message: string | RegExp][] = [
  [[], "query: expected object, got array"],
  [null, "query: expected object, got null"],
  [{ $where: "true" }, "query.$where: unknown operator"],
  [{ $expr: {} }, "query.$expr: unknown operator"],
  [{ $text: {} }, "query.$text: unknown operator"],
  [{ $jsonSchema: {} }, "query.$jsonSchema: unknown operator"],
  [{ $gt: 1 }, "query.$gt: stands below the name of a field only"],
  [{ $not: { a: 1 } }, "query.$not: stands below the name of a field only"],
  [{ a: { $where: "true" } }, "query.a.$where: unknown operator"],
  [{ a: { $function: {} } }, "query.a.$function: unknown operator"],
  [{ a: { $near: 1 } }, "query.a.$near: unknown operator"],
  [{ a: { $constructor: 1 } }, "query.a.$constructor: unknown operator"],
  [{ a: { $: 1 } }, "query.a.$: unknown operator"],
  [{ a: { $or: [{ b: 1 }] } }, "query.a.$or: stands above the names of fields only"],
  [{ a: { $gt: 1, b: 2 } }, "query.a.b: a field stands beside operators"],
  [{ a: { b: 2, $gt: 1 } }, "query.a.b: a field stands beside operators"],
  [{ $and: [] }, "query.$and: expected at least one filter"],
  [{ $or: [] }, "query.$or: expected at least one filter"],
  [{ $nor: [] }, "query.$nor: expected at least one filter"],
  [{ $and: {} }, "query.$and: expected array, got object"],
  [{ $or: [1] }, "query.$or[0]: expected object, got number"],
  [{ $or: [{ a: 1 }, { b: { $in: 5 } }] }, "query.$or[1].b.$in: expected array, got number"],
  [{ a: { $not: {} } }, "query.a.$not: expected at least one operator"],
  [{ a: { $not: 1 } }, "query.a.$not: expected object of operators, got number"],
  [{ a: { $not: "x" } }, "query.a.$not: expected object of operators, got string"],
  [{ a: { $not: [] } }, "query.a.$not: expected object of operators, got array"],
  [{ a: { $not: { b: 1 } } }, "query.a.$not.b: a field stands beside operators"],
  [{ a: { $not: { $foo: 1 } } }, "query.a.$not.$foo: unknown operator"],
  [{ a: { $in: "x" } }, "query.a.$in: expected array, got string"],
  [{ a: { $nin: null } }, "query.a.$nin: expected array, got null"],
  [{ a: { $in: [1, { $gt: 1 }] } }, "query.a.$in[1]: expected a value, got operators"],
  [{ a: { $all: 1 } }, "query.a.$all: expected array, got number"],
  [{ a: { $all: [{ $gt: 1 }] } }, "query.a.$all[0]: expected a value, got operators"],
  [{ a: { $all: [{ $elemMatch: { b: 1 } }, 5] } }, /^query\.a\.\$all\[1\]: expected \$elemMatch alone/],
  [{ a: { $all: [{ $elemMatch: 5 }] } }, "query.a.$all[0].$elemMatch: expected object, got number"],
  [{ a: { $elemMatch: 5 } }, "query.a.$elemMatch: expected object, got number"],
  [{ a: { $elemMatch: [] } }, "query.a.$elemMatch: expected object, got array"],
  [{ a: { $elemMatch: { $gt: 1, b: 1 } } }, "query.a.$elemMatch.b: a field stands beside operators"],
  [{ a: { $elemMatch: { $where: 1 } } }, "query.a.$elemMatch.$where: unknown operator"],
  [{ a: { $elemMatch: { b: { $foo: 1 } } } }, "query.a.$elemMatch.b.$foo: unknown operator"],
  [{ a: { $mod: 4 } }, /^query\.a\.\$mod: expected \[divisor, remainder\]/],
  [{ a: { $mod: [4] } }, /^query\.a\.\$mod: expected \[divisor, remainder\]/],
  [{ a: { $mod: [4, 0, 1] } }, /^query\.a\.\$mod: expected \[divisor, remainder\]/],
  [{ a: { $mod: ["4", 0] } }, /^query\.a\.\$mod: expected \[divisor, remainder\]/],
  [{ a: { $mod: [0, 0] } }, "query.a.$mod: the divisor is 0"],
  [{ a: { $mod: [0.5, 0] } }, "query.a.$mod: the divisor is 0"],
  [{ a: { $type: "text" } }, 'query.a.$type: expected name or number of a type, got "text"'],
  [{ a: { $type: "constructor" } }, 'query.a.$type: expected name or number of a type, got "constructor"'],
  [{ a: { $type: 0 } }, "query.a.$type: expected name or number of a type, got 0"],
  [{ a: { $type: 99 } }, "query.a.$type: expected name or number of a type, got 99"],
  [{ a: { $type: [] } }, "query.a.$type: expected at least one type"],
  [{ a: { $type: ["string", true] } }, "query.a.$type: expected name or number of a type, got boolean"],
  [{ a: { $size: "2" } }, "query.a.$size: expected integer, got string"],
  [{ a: { $size: -1 } }, "query.a.$size: expected an integer from 0 on, got -1"],
  [{ a: { $size: 1.5 } }, "query.a.$size: expected an integer from 0 on, got 1.5"],
  [{ a: { $exists: "yes" } }, "query.a.$exists: expected boolean, got string"],
  [{ a: { $exists: null } }, "query.a.$exists: expected boolean, got null"],
  [{ a: { $options: "i" } }, "query.a.$options: stands beside $regex only"],
  [{ a: { $regex: "x", $options: 1 } }, "query.a.$options: expected string, got number"],
  [{ a: { $regex: "x", $options: "x" } }, /^query\.a\.\$regex: \$options: RE2 knows i, m, s and u/],
  [{ a: { $regex: "x", $options: "g" } }, /^query\.a\.\$regex: \$options: RE2 knows i, m, s and u/],
  [{ a: { $regex: 5 } }, "query.a.$regex: expected string, got number"],
  [{ a: { $regex: "[" } }, /^query\.a\.\$regex: is no pattern that RE2 knows: .*missing closing/],
  [{ a: { $regex: "a(?=b)" } }, /^query\.a\.\$regex: is no pattern that RE2 knows/],
  [{ a: { $regex: "(?<!a)b" } }, /^query\.a\.\$regex: is no pattern that RE2 knows/],
  [{ a: { $regex: "(a)\\1" } }, /^query\.a\.\$regex: is no pattern that RE2 knows/],
  [{ a: { $regex: "a{2000}" } }, /^query\.a\.\$regex: is no pattern that RE2 knows/],
  [{ a: { $not: { $regex: "*" } } }, /^query\.a\.\$not\.\$regex: is no pattern that RE2 knows/],
  [{ a: { $regex: "x".repeat(1025) } }, "query.a.$regex: expected at most 1024 bytes"],
  [{ a: { $regex: "é".repeat(513) } }, "query.a.$regex: expected at most 1024 bytes"],
  [{ $or: Array.from({ length: 51 }, (_, n) => ({ a: { $regex: `${n}` } })) }, /50 different patterns/],
  [
    { $or: Array.from({ length: 5 }, (_, n) => ({ a: { $regex: `${n}`.repeat(1000) } })) },
    /^query\.\$or\[4\]\.a\.\$regex: expected at most 4096 bytes in all patterns together$/,
  ],
  [
    { $or: Array.from({ length: 11 }, (_, n) => ({ a: { $regex: `x{98${n % 10}}y{${n}}` } })) },
    /^query\.\$or\[10\]\.a\.\$regex: repeats too much$/,
  ],
  [nested(101, inAnd), /: nested deeper than 100 levels$/],
  [nested(101, inNor), /: nested deeper than 100 levels$/],
  [nested(101, inElemMatch), /: nested deeper than 100 levels$/],
  [{ a: nested(101, inNot, { $gt: 1 }) }, /: nested deeper than 100 levels$/],
  [{ a: nested(100, inValue) }, "query.a: nested deeper than 100 levels"],
  [{ a: { $in: [nested(100, inValue)] } }, "query.a.$in[0]: nested deeper than 100 levels"],
  [{ a: { $gt: nested(100, inValue) } }, "query.a.$gt: nested deeper than 100 levels"],
  [nested(100_000, inAnd), /: nested deeper than 100 levels$/],
  [{ a: nested(100_000, inValue) }, "query.a: nested deeper than 100 levels"],
];

const thrownBy = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("an invalid filter is refused with its field:", () => {
  test.each(REFUSED.map(([filter, message]) => [String(message), filter, message] as const))(
    "%s",
    (_, filter, message) => {
      const error = thrownBy(() => compileFilter(filter as Record<string, unknown>));
      expect(error).toBeInstanceOf(WmsError);
      expect((error as WmsError).kind).toBe("invalid");
      if (typeof message === "string") expect((error as WmsError).message).toBe(message);
      else expect((error as WmsError).message).toMatch(message);
    },
  );
});

describe("a valid filter is accepted:", () => {
  test.each([
    [nested(100, inAnd)],
    [nested(100, inElemMatch)],
    [{ a: nested(100, inNot, { $gt: 1 }) }],
    [{ a: nested(98, inValue) }],
    [{ a: { $regex: "x".repeat(1024) } }],
    [{ a: { $in: Array.from({ length: 20_000 }, (_, n) => n) } }],
    [{ a: { $all: Array.from({ length: 9_998 }, (_, n) => n) } }],
    [{ $and: [{ $comment: "x" }] }],
    [{ a: { $type: [-1, 127, "minKey", 19] } }],
    [{ a: { b: { $gt: 1 } } }],
    [{ a: { $eq: { $gt: 1 } } }],
  ])("filter %#", (filter) => {
    expect(typeof compileFilter(filter as Record<string, unknown>)({ a: 1 })).toBe("boolean");
  });
});
