import { bsonTypeTest } from "./bsonTypes.js";
import { DocumentPaths, type PathValues, singleValue } from "./documentPaths.js";
import { holdsOperators, isMemberCondition, LOGICAL_OPERATORS } from "./filterShape.js";
import { compareValues, isSameValue, isScalar, type JsonObject } from "./json.js";
import type { FilterPatterns } from "./regex.js";

/** Tests the values at a path. */
type PathTest = (found: PathValues) => boolean;
/** Compiles one validated operand. @param siblings the operator and those beside it */
type OperatorCompiler<Operand> = (operand: Operand, siblings: JsonObject, compiler: FilterCompiler) => PathTest;

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

const elemMatch: OperatorCompiler<JsonObject> = (operand, _siblings, compiler) => {
  const test = isMemberCondition(operand) ? compiler.compileCondition(operand) : undefined;
  const holds = test === undefined ? compiler.compileQuery(operand) : (member: unknown) => test(singleValue(member));
  return (found) => found.ends.some((value) => Array.isArray(value) && value.some(holds));
};

const all: OperatorCompiler<readonly unknown[]> = (operand, siblings, compiler) => {
  const { scalars, others } = splitScalars(operand);
  const tests = others.map((value) =>
    holdsOperators(value)
      ? elemMatch(value["$elemMatch"] as JsonObject, siblings, compiler)
      : equals(value, siblings, compiler),
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
  ["$not", negate((operand: JsonObject, _siblings, compiler) => compiler.compileCondition(operand))],
  ["$exists", exists],
  ["$type", ofType],
  ["$regex", regex],
  ["$size", ofSize],
  ["$mod", modulo],
  ["$elemMatch", elemMatch],
  ["$all", all],
]);

/** Compiles a validated filter to closures. */
export class FilterCompiler {
  readonly patterns: FilterPatterns;

  constructor(patterns: FilterPatterns) {
    this.patterns = patterns;
  }

  /** Compiles a test of documents and of members of arrays. Only objects and arrays have fields. */
  compileQuery(query: JsonObject): (document: unknown) => boolean {
    const paths = new DocumentPaths();
    const holds = this.#compileClause(query, paths);
    return (document) => {
      if (typeof document !== "object" || document === null) return false;
      paths.setDocument(document);
      return holds();
    };
  }

  /** Compiles operators to a test of the values at one path. `$options` belongs to the `$regex` beside it. */
  compileCondition(operators: JsonObject): PathTest {
    return allHold(
      Object.entries(operators).flatMap(
        ([name, operand]) => OPERATOR_COMPILERS.get(name)?.(operand, operators, this) ?? [],
      ),
    );
  }

  /** Compiles a test of the current document: first the logical operators, then single fields. */
  #compileClause(query: JsonObject, paths: DocumentPaths): () => boolean {
    const fields: (() => boolean)[] = [];
    const logical: (() => boolean)[] = [];
    for (const [key, value] of Object.entries(query)) {
      if (LOGICAL_OPERATORS.has(key)) logical.push(this.#compileLogical(key, value as JsonObject[], paths));
      else {
        const findValues = paths.resolverOf(key);
        const holds = this.compileCondition(holdsOperators(value) ? value : { $eq: value });
        fields.push(() => holds(findValues()));
      }
    }
    return allHold([...logical, ...fields]);
  }

  #compileLogical(operator: string, clauses: readonly JsonObject[], paths: DocumentPaths): () => boolean {
    const tests = clauses.map((clause) => this.#compileClause(clause, paths));
    if (operator === "$and") return allHold(tests);
    const wanted = operator === "$or";
    return () => tests.some((test) => test()) === wanted;
  }
}

/** Whether all tests hold of a value; clauses test the current document instead. */
function allHold<T = void>(tests: readonly ((value: T) => boolean)[]): (value: T) => boolean {
  const [first] = tests;
  return first !== undefined && tests.length === 1 ? first : (value) => tests.every((test) => test(value));
}
