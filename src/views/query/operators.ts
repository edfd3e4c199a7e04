import { bsonTypeTest } from "./bsonTypes.js";
import { type PathValues, singleValue } from "./documentPaths.js";
import { holdsOperators, isMemberCondition } from "./filterShape.js";
import { compareValues, isSameValue, isScalar, type JsonObject } from "./json.js";
import type { FilterPatterns } from "./regex.js";

/** Compiles filters and conditions that are nested in operators. */
export interface NestedCompiler {
  readonly patterns: FilterPatterns;
  /** Compiles a filter on the fields of an array's members. */
  compileQuery(query: JsonObject): (member: unknown) => boolean;
  /** Compiles operators on an array's members themselves. */
  compileCondition(operators: JsonObject): PathTest;
}

/** Tests the values at a path. */
export type PathTest = (found: PathValues) => boolean;
/** Compiles one validated operand; `siblings` are the operators beside it. */
type OperatorCompiler<Operand> = (operand: Operand, siblings: JsonObject, nested: NestedCompiler) => PathTest;

const negate =
  <Operand>(testOf: OperatorCompiler<Operand>): OperatorCompiler<Operand> =>
  (...given) => {
    const test = testOf(...given);
    return (found) => !test(found);
  };

/** Whether the test holds for any of the values. */
const anyValue =
  (holds: (value: unknown) => boolean): PathTest =>
  (found) =>
    found.values.some(holds);

/** A missing field equals null. */
const equals: OperatorCompiler<unknown> = (operand) =>
  anyValue(isScalar(operand) ? (value) => (value ?? null) === operand : (value) => isSameValue(value, operand));

const comparison =
  (holds: (order: number) => boolean): OperatorCompiler<unknown> =>
  (operand) =>
    anyValue((value) => {
      const order = compareValues(value, operand);
      return order !== undefined && holds(order);
    });

/** Puts scalars into a set: with a list, each document would cost a walk over up to 100,000 ids. */
const splitScalars = (operands: readonly unknown[]): { scalars: ReadonlySet<unknown>; others: unknown[] } => ({
  scalars: new Set(operands.filter(isScalar)),
  others: operands.filter((value) => !isScalar(value)),
});

const isIn: OperatorCompiler<readonly unknown[]> = (operand) => {
  const { scalars, others } = splitScalars(operand);
  return anyValue((value) => scalars.has(value ?? null) || others.some((other) => isSameValue(value, other)));
};

const exists: OperatorCompiler<boolean | number> = (operand) => {
  const wanted = Boolean(operand);
  return (found) => found.ends.some((value) => value !== undefined) === wanted;
};

const ofType: OperatorCompiler<unknown> = (operand) => {
  const tests = (Array.isArray(operand) ? operand : [operand]).map((type) => bsonTypeTest(type));
  return anyValue((value) => tests.some((test) => test?.(value)));
};

const regex: OperatorCompiler<string> = (operand, siblings, { patterns }) => {
  const options = Object.hasOwn(siblings, "$options") ? (siblings["$options"] as string) : "";
  const test = patterns.compile(operand, options);
  return anyValue((value) => typeof value === "string" && test(value));
};

const ofSize: OperatorCompiler<number> = (operand) => (found) =>
  found.ends.some((value) => Array.isArray(value) && value.length === operand);

/** MongoDB computes with 64-bit integers: fractions are cut off, larger numbers match nothing. */
const modulo: OperatorCompiler<readonly [number, number]> = ([divisor, remainder]) => {
  const [by, rest] = [Math.trunc(divisor), Math.trunc(remainder)];
  return anyValue((value) => typeof value === "number" && Math.abs(value) < 2 ** 63 && Math.trunc(value) % by === rest);
};

const elemMatch: OperatorCompiler<JsonObject> = (operand, _siblings, nested) => {
  const test = compileMemberTest(operand, nested);
  return (found) => found.ends.some((value) => Array.isArray(value) && value.some(test));
};

function compileMemberTest(operand: JsonObject, nested: NestedCompiler): (member: unknown) => boolean {
  if (!isMemberCondition(operand)) return nested.compileQuery(operand);
  const test = nested.compileCondition(operand);
  return (member) => test(singleValue(member));
}

const all: OperatorCompiler<readonly unknown[]> = (operand, siblings, nested) => {
  const { scalars, others } = splitScalars(operand);
  const tests = others.map((value) =>
    holdsOperators(value)
      ? elemMatch(value["$elemMatch"] as JsonObject, siblings, nested)
      : equals(value, siblings, nested),
  );
  return (found) => operand.length > 0 && containsAll(scalars, found.values) && tests.every((test) => test(found));
};

function containsAll(scalars: ReadonlySet<unknown>, values: readonly unknown[]): boolean {
  if (scalars.size > values.length) return false;
  const held = new Set(values.map((value) => value ?? null).filter((value) => scalars.has(value)));
  return held.size === scalars.size;
}

// biome-ignore lint/suspicious/noExplicitAny: each operator has an operand of its own type, which the validator checks.
const OPERATOR_COMPILERS: ReadonlyMap<string, OperatorCompiler<any>> = new Map<string, OperatorCompiler<any>>([
  ["$eq", equals],
  ["$ne", negate(equals)],
  ["$gt", comparison((order) => order > 0)],
  ["$gte", comparison((order) => order >= 0)],
  ["$lt", comparison((order) => order < 0)],
  ["$lte", comparison((order) => order <= 0)],
  ["$in", isIn],
  ["$nin", negate(isIn)],
  ["$not", negate((operand: JsonObject, _siblings, nested) => nested.compileCondition(operand))],
  ["$exists", exists],
  ["$type", ofType],
  ["$regex", regex],
  ["$size", ofSize],
  ["$mod", modulo],
  ["$elemMatch", elemMatch],
  ["$all", all],
]);

/**
 * Compiles one operator below the name of a field.
 *
 * @param siblings the operator and those beside it, validated
 * @returns undefined for `$options`, which belongs to the `$regex` beside it
 */
export const compileOperator = (
  name: string,
  operand: unknown,
  siblings: JsonObject,
  nested: NestedCompiler,
): PathTest | undefined => OPERATOR_COMPILERS.get(name)?.(operand, siblings, nested);
