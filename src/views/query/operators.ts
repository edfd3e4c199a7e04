import { typeTest } from "./bsonTypes.js";
import { compareValues, isScalar, type JsonObject, sameValue } from "./json.js";
import { type Found, foundAlone } from "./documentPaths.js";
import type { Patterns } from "./regex.js";
import { holdsOperators, isMemberCondition } from "./filterShape.js";

/** How operators compile what is nested in them. */
export interface Nested {
  readonly patterns: Patterns;
  /** A filter on the fields of an array's members. */
  query(query: JsonObject): (member: unknown) => boolean;
  /** Operators on an array's members themselves. */
  condition(operators: JsonObject): Test;
}

/** Whether what a path leads to is what an operator wants. */
export type Test = (found: Found) => boolean;
/** Makes the test for one operand; `siblings` are the operators beside it. Operands have been validated. */
type TestOf<Operand> = (operand: Operand, siblings: JsonObject, nested: Nested) => Test;

const negated =
  <Operand>(testOf: TestOf<Operand>): TestOf<Operand> =>
  (...given) => {
    const test = testOf(...given);
    return (found) => !test(found);
  };

/** One of the values is enough. */
const anyValue =
  (holds: (value: unknown) => boolean): Test =>
  (found) =>
    found.values.some(holds);

/** A missing field equals null. */
const equals: TestOf<unknown> = (operand) =>
  anyValue(isScalar(operand) ? (value) => (value ?? null) === operand : (value) => sameValue(value, operand));

const comparison =
  (holds: (order: number) => boolean): TestOf<unknown> =>
  (operand) =>
    anyValue((value) => {
      const order = compareValues(value, operand);
      return order !== undefined && holds(order);
    });

/** A list of operands: scalars in a set, since a hundred thousand ids would be walked for each document. */
const divided = (operands: readonly unknown[]): { scalars: ReadonlySet<unknown>; others: unknown[] } => ({
  scalars: new Set(operands.filter(isScalar)),
  others: operands.filter((value) => !isScalar(value)),
});

const within: TestOf<readonly unknown[]> = (operand) => {
  const { scalars, others } = divided(operand);
  return anyValue((value) => scalars.has(value ?? null) || others.some((other) => sameValue(value, other)));
};

const exists: TestOf<boolean | number> = (operand) => {
  const wanted = Boolean(operand);
  return (found) => found.ends.some((value) => value !== undefined) === wanted;
};

const ofType: TestOf<unknown> = (operand) => {
  const tests = (Array.isArray(operand) ? operand : [operand]).map((type) => typeTest(type));
  return anyValue((value) => tests.some((test) => test?.(value)));
};

const regex: TestOf<string> = (operand, siblings, { patterns }) => {
  const options = Object.hasOwn(siblings, "$options") ? (siblings["$options"] as string) : "";
  const test = patterns.compile(operand, options);
  return anyValue((value) => typeof value === "string" && test(value));
};

const ofSize: TestOf<number> = (operand) => (found) =>
  found.ends.some((value) => Array.isArray(value) && value.length === operand);

/** MongoDB reckons in 64-bit integers: fractions are cut off, what is larger has no remainder. */
const modulo: TestOf<readonly [number, number]> = ([divisor, remainder]) => {
  const [by, rest] = [Math.trunc(divisor), Math.trunc(remainder)];
  return anyValue(
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
  const { scalars, others } = divided(operand);
  const tests = others.map((value) =>
    holdsOperators(value)
      ? elemMatch(value["$elemMatch"] as JsonObject, siblings, nested)
      : equals(value, siblings, nested),
  );
  return (found) =>
    operand.length > 0 && holdsEach(scalars, found.values) && tests.every((test) => test(found));
};

function holdsEach(scalars: ReadonlySet<unknown>, values: readonly unknown[]): boolean {
  if (scalars.size > values.length) return false;
  const held = new Set(values.map((value) => value ?? null).filter((value) => scalars.has(value)));
  return held.size === scalars.size;
}

// biome-ignore lint/suspicious/noExplicitAny: each operator has an operand of its own type, which the validator checks.
const TESTS: ReadonlyMap<string, TestOf<any>> = new Map<string, TestOf<any>>([
  ["$eq", equals],
  ["$ne", negated(equals)],
  ["$gt", comparison((order) => order > 0)],
  ["$gte", comparison((order) => order >= 0)],
  ["$lt", comparison((order) => order < 0)],
  ["$lte", comparison((order) => order <= 0)],
  ["$in", within],
  ["$nin", negated(within)],
  ["$not", negated((operand: JsonObject, _siblings, nested) => nested.condition(operand))],
  ["$exists", exists],
  ["$type", ofType],
  ["$regex", regex],
  ["$size", ofSize],
  ["$mod", modulo],
  ["$elemMatch", elemMatch],
  ["$all", all],
]);

/**
 * The test for one operator below the name of a field.
 *
 * @param siblings the operator and those beside it, validated
 * @returns undefined for `$options`, which belongs to the `$regex` beside it
 */
export const operatorTest = (
  name: string,
  operand: unknown,
  siblings: JsonObject,
  nested: Nested,
): Test | undefined => TESTS.get(name)?.(operand, siblings, nested);
