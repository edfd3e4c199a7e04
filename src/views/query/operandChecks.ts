import { typeTest } from "./bsonTypes.js";
import { isObject, isScalar, type JsonObject, typeName } from "./json.js";
import { PatternError, type Patterns } from "./regex.js";
import { holdsOperators, isMemberCondition } from "./filterShape.js";

/** What the checks of one filter share. */
export interface FilterCheck {
  readonly patterns: Patterns;
  /** @param at the path of the value, from `query` on */
  fail(at: string, what: string): never;
  /** Refuses what is nested too deep. */
  depth(depth: number, at: string): void;
  /** Counts one condition more, and refuses too many. */
  condition(at: string): void;
  query(query: unknown, at: string, depth: number): void;
  operators(operators: JsonObject, at: string, depth: number): void;
  /** Checks a value to compare with. */
  literal(value: unknown, at: string, depth: number): void;
}

interface Place {
  readonly at: string;
  readonly depth: number;
  readonly check: FilterCheck;
}

type OperandCheck = (operand: unknown, place: Place, siblings: JsonObject) => void;

const expected = (what: string, got: unknown, { at, check }: Place): never =>
  check.fail(at, `expected ${what}, got ${typeName(got)}`);

const anything: OperandCheck = (operand, { at, depth, check }) => check.literal(operand, at, depth);

const list: OperandCheck = (operand, place) => {
  if (!Array.isArray(operand)) return expected("array", operand, place);
  operand.forEach((value, index) => {
    const at = `${place.at}[${index}]`;
    // Scalars are looked up in a set, these are compared one by one.
    if (!isScalar(value)) place.check.condition(at);
    member(value, at, place);
  });
};

/** Checks a value in a list of values to compare with. */
function member(value: unknown, at: string, { check, depth }: Place): void {
  if (holdsOperators(value)) check.fail(at, "expected a value, got operators");
  check.literal(value, at, depth);
}

const isElemMatch = (value: unknown): value is JsonObject =>
  isObject(value) && Object.hasOwn(value, "$elemMatch");

const all: OperandCheck = (operand, place) => {
  if (!Array.isArray(operand)) return expected("array", operand, place);
  const elemMatches = operand.some(isElemMatch);
  operand.forEach((value, index) => {
    const at = `${place.at}[${index}]`;
    place.check.condition(at);
    if (!elemMatches) member(value, at, place);
    else if (isElemMatch(value) && Object.keys(value).length === 1)
      place.check.operators(value, at, place.depth);
    else place.check.fail(at, "expected $elemMatch alone, as in the other entries");
  });
};

const not: OperandCheck = (operand, place) => {
  const { at, depth, check } = place;
  if (!isObject(operand)) return expected("object of operators", operand, place);
  if (Object.keys(operand).length === 0) check.fail(at, "expected at least one operator");
  check.operators(operand, at, depth + 1);
};

const elemMatch: OperandCheck = (operand, place) => {
  const { at, depth, check } = place;
  if (!isObject(operand)) return expected("object", operand, place);
  if (isMemberCondition(operand)) check.operators(operand, at, depth + 1);
  else check.query(operand, at, depth + 1);
};

const regex: OperandCheck = (operand, place, siblings) => {
  if (typeof operand !== "string") return expected("string", operand, place);
  const options = Object.hasOwn(siblings, "$options") ? siblings["$options"] : "";
  // The check of $options itself says so.
  if (typeof options !== "string") return;
  try {
    place.check.patterns.compile(operand, options);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    place.check.fail(place.at, error.message);
  }
};

const options: OperandCheck = (operand, place, siblings) => {
  if (typeof operand !== "string") expected("string", operand, place);
  if (!Object.hasOwn(siblings, "$regex")) place.check.fail(place.at, "stands beside $regex only");
};

const exists: OperandCheck = (operand, place) => {
  // Shells and drivers have always let 1 and 0 pass.
  if (typeof operand !== "boolean" && typeof operand !== "number") expected("boolean", operand, place);
};

const type: OperandCheck = (operand, { at, check }) => {
  if (Array.isArray(operand) && operand.length === 0) check.fail(at, "expected at least one type");
  for (const one of Array.isArray(operand) ? operand : [operand])
    if (typeTest(one) === undefined)
      check.fail(at, `expected name or number of a type, got ${describe(one)}`);
};

const size: OperandCheck = (operand, place) => {
  if (typeof operand !== "number") return expected("integer", operand, place);
  if (!Number.isInteger(operand) || operand < 0)
    place.check.fail(place.at, `expected an integer from 0 on, got ${operand}`);
};

const mod: OperandCheck = (operand, { at, check }) => {
  if (!Array.isArray(operand) || operand.length !== 2 || !operand.every((part) => Number.isFinite(part)))
    return check.fail(at, "expected [divisor, remainder], two numbers");
  if (Math.trunc(operand[0]) === 0) check.fail(at, "the divisor is 0");
};

const describe = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? JSON.stringify(value) : typeName(value);

const CHECKS: ReadonlyMap<string, OperandCheck> = new Map([
  ["$eq", anything],
  ["$ne", anything],
  ["$gt", anything],
  ["$gte", anything],
  ["$lt", anything],
  ["$lte", anything],
  ["$in", list],
  ["$nin", list],
  ["$all", all],
  ["$not", not],
  ["$elemMatch", elemMatch],
  ["$regex", regex],
  ["$options", options],
  ["$exists", exists],
  ["$type", type],
  ["$size", size],
  ["$mod", mod],
]);

/** The operators that stand below the name of a field. */
export const FIELD_OPERATORS: ReadonlySet<string> = new Set(CHECKS.keys());

/** Checks what was given to one operator. @param siblings the operator and those beside it */
export function checkOperand(name: string, operand: unknown, siblings: JsonObject, place: Place): void {
  CHECKS.get(name)?.(operand, place, siblings);
}
