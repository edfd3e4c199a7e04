import sift from "sift";
import { typeTest } from "./bsonTypes.js";
import { compareValues, type JsonObject, sameValue } from "./json.js";
import { type Found, foundAlone } from "./paths.js";
import type { Patterns } from "./regex.js";
import { holdsOperators, isMemberCondition } from "./shape.js";

/** How operators compile what is nested in them. */
export interface Nested {
  readonly patterns: Patterns;
  /** A filter on the fields of an array's members. */
  query(query: JsonObject): (member: unknown) => boolean;
  /** Operators on an array's members themselves. */
  condition(operators: JsonObject): (found: Found) => boolean;
}

/** sift's table of operators. */
export type OperatorTable = NonNullable<
  NonNullable<Parameters<typeof sift.createQueryTester>[1]>["operations"]
>;

type Test = (found: Found) => boolean;
/** Makes the test for one operand; `siblings` are the operators beside it. Operands have been validated. */
type TestOf<Operand> = (operand: Operand, siblings: JsonObject, nested: Nested) => Test;

const negated =
  <Operand>(testOf: TestOf<Operand>): TestOf<Operand> =>
  (...given) => {
    const test = testOf(...given);
    return (found) => !test(found);
  };

/** A missing field equals null. */
const equals: TestOf<unknown> = (operand) => (found) =>
  found.values.some((value) => sameValue(value, operand));

const comparison =
  (holds: (order: number) => boolean): TestOf<unknown> =>
  (operand) =>
  (found) =>
    found.values.some((value) => {
      const order = compareValues(value, operand);
      return order !== undefined && holds(order);
    });

const within: TestOf<readonly unknown[]> = (operand) => {
  // A set, since a list of a hundred thousand ids would be walked for each document.
  const scalars = new Set(operand.filter((value) => typeof value !== "object" || value === null));
  const others = operand.filter((value) => typeof value === "object" && value !== null);
  return (found) =>
    found.values.some(
      (value) => scalars.has(value ?? null) || others.some((other) => sameValue(value, other)),
    );
};

const exists: TestOf<boolean | number> = (operand) => {
  const wanted = Boolean(operand);
  return (found) => found.ends.some((value) => value !== undefined) === wanted;
};

const ofType: TestOf<unknown> = (operand) => {
  const tests = (Array.isArray(operand) ? operand : [operand]).map((type) => typeTest(type));
  return (found) => found.values.some((value) => tests.some((test) => test?.(value)));
};

const regex: TestOf<string> = (operand, siblings, { patterns }) => {
  const test = patterns.compile(operand, siblings["$options"] as string | undefined);
  return (found) => found.values.some((value) => typeof value === "string" && test(value));
};

const ofSize: TestOf<number> = (operand) => (found) =>
  found.ends.some((value) => Array.isArray(value) && value.length === operand);

/** MongoDB reckons in 64-bit integers: fractions are cut off, what is larger has no remainder. */
const modulo: TestOf<readonly [number, number]> = ([divisor, remainder]) => {
  const [by, rest] = [Math.trunc(divisor), Math.trunc(remainder)];
  return (found) =>
    found.values.some(
      (value) => typeof value === "number" && Math.abs(value) < 2 ** 63 && Math.trunc(value) % by === rest,
    );
};

const elemMatch: TestOf<JsonObject> = (operand, _siblings, nested) => {
  const test = memberTest(operand, nested);
  return (found) => found.ends.some((value) => Array.isArray(value) && value.some(test));
};

function memberTest(operand: JsonObject, nested: Nested): (member: unknown) => boolean {
  if (!isMemberCondition(operand)) return nested.query(operand);
  const test = nested.condition(operand);
  return (member) => test(foundAlone(member));
}

const all: TestOf<readonly unknown[]> = (operand, siblings, nested) => {
  const tests = operand.map((value) =>
    holdsOperators(value)
      ? elemMatch(value["$elemMatch"] as JsonObject, siblings, nested)
      : equals(value, siblings, nested),
  );
  return (found) => tests.length > 0 && tests.every((test) => test(found));
};

// biome-ignore lint/suspicious/noExplicitAny: each operator has an operand of its own type, which the validator checks.
const TESTS: Record<string, TestOf<any>> = {
  $eq: equals,
  $ne: negated(equals),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $in: within,
  $nin: negated(within),
  $exists: exists,
  $type: ofType,
  $regex: regex,
  $size: ofSize,
  $mod: modulo,
  $elemMatch: elemMatch,
  $all: all,
};

/**
 * Every operator there is, for sift. The logic is sift's; the operators on values are ours, since sift's differ from
 * MongoDB's where a path leads through arrays, where types differ, and around null.
 *
 * `$where` is not in the table, so it does not exist.
 */
export function operatorTable(nested: Nested): OperatorTable {
  const onValues = Object.entries(TESTS).map(([name, testOf]): [string, OperatorTable[string]] => [
    name,
    (operand, siblings, options) =>
      new sift.EqualsOperation(testOf(operand, siblings, nested), siblings, options, name),
  ]);
  const { $and, $or, $nor, $not, $options } = sift;
  return {
    $and,
    $or,
    $nor,
    $not,
    $options: $options as OperatorTable[string],
    ...Object.fromEntries(onValues),
  };
}
