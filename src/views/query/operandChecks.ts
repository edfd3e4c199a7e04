import { bsonTypeTest } from "./bsonTypes.js";
import { holdsOperators, isMemberCondition } from "./filterShape.js";
import { isObject, isScalar, type JsonObject, jsonTypeName } from "./json.js";
import { type FilterPatterns, PatternError } from "./regex.js";

/** The validation of one filter. */
export interface FilterValidation {
  readonly patterns: FilterPatterns;
  /** @param at the path of the value, from `query` on */
  fail(at: string, what: string): never;
  /** Fails beyond the maximum depth. */
  checkDepth(depth: number, at: string): void;
  /** Counts a condition, and fails beyond the maximum. */
  countCondition(at: string): void;
  checkQuery(query: unknown, at: string, depth: number): void;
  checkOperators(operators: JsonObject, at: string, depth: number): void;
  /** Checks a value to compare with. */
  checkLiteral(value: unknown, at: string, depth: number): void;
}

interface OperandContext {
  readonly path: string;
  readonly depth: number;
  readonly validation: FilterValidation;
}

type OperandCheck = (operand: unknown, context: OperandContext, siblings: JsonObject) => void;

const failExpected = (what: string, got: unknown, { path, validation }: OperandContext): never =>
  validation.fail(path, `expected ${what}, got ${jsonTypeName(got)}`);

const checkAnything: OperandCheck = (operand, { path, depth, validation }) =>
  validation.checkLiteral(operand, path, depth);

const checkList: OperandCheck = (operand, context) => {
  if (!Array.isArray(operand)) return failExpected("array", operand, context);
  operand.forEach((value, index) => {
    const path = `${context.path}[${index}]`;
    // Objects and arrays are compared one by one; scalars are looked up in a set.
    if (!isScalar(value)) context.validation.countCondition(path);
    checkMember(value, path, context);
  });
};

/** Checks a value in a list of values to compare with. */
function checkMember(value: unknown, path: string, { validation, depth }: OperandContext): void {
  if (holdsOperators(value)) validation.fail(path, "expected a value, got operators");
  validation.checkLiteral(value, path, depth);
}

const isElemMatch = (value: unknown): value is JsonObject => isObject(value) && Object.hasOwn(value, "$elemMatch");

const checkAll: OperandCheck = (operand, context) => {
  if (!Array.isArray(operand)) return failExpected("array", operand, context);
  const elemMatches = operand.some(isElemMatch);
  operand.forEach((value, index) => {
    const path = `${context.path}[${index}]`;
    context.validation.countCondition(path);
    if (!elemMatches) checkMember(value, path, context);
    else if (isElemMatch(value) && Object.keys(value).length === 1)
      context.validation.checkOperators(value, path, context.depth);
    else context.validation.fail(path, "expected $elemMatch alone, as in the other entries");
  });
};

const checkNot: OperandCheck = (operand, context) => {
  const { path, depth, validation } = context;
  if (!isObject(operand)) return failExpected("object of operators", operand, context);
  if (Object.keys(operand).length === 0) validation.fail(path, "expected at least one operator");
  validation.checkOperators(operand, path, depth + 1);
};

const checkElemMatch: OperandCheck = (operand, context) => {
  const { path, depth, validation } = context;
  if (!isObject(operand)) return failExpected("object", operand, context);
  if (isMemberCondition(operand)) validation.checkOperators(operand, path, depth + 1);
  else validation.checkQuery(operand, path, depth + 1);
};

const checkRegex: OperandCheck = (operand, context, siblings) => {
  if (typeof operand !== "string") return failExpected("string", operand, context);
  const options = Object.hasOwn(siblings, "$options") ? siblings["$options"] : "";
  // checkOptions reports this.
  if (typeof options !== "string") return;
  try {
    context.validation.patterns.compile(operand, options);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    context.validation.fail(context.path, error.message);
  }
};

const checkOptions: OperandCheck = (operand, context, siblings) => {
  if (typeof operand !== "string") failExpected("string", operand, context);
  if (!Object.hasOwn(siblings, "$regex")) context.validation.fail(context.path, "stands beside $regex only");
};

const checkExists: OperandCheck = (operand, context) => {
  // MongoDB accepts 1 and 0 too.
  if (typeof operand !== "boolean" && typeof operand !== "number") failExpected("boolean", operand, context);
};

const checkType: OperandCheck = (operand, { path, validation }) => {
  if (Array.isArray(operand) && operand.length === 0) validation.fail(path, "expected at least one type");
  for (const one of Array.isArray(operand) ? operand : [operand])
    if (bsonTypeTest(one) === undefined)
      validation.fail(path, `expected name or number of a type, got ${formatValue(one)}`);
};

const checkSize: OperandCheck = (operand, context) => {
  if (typeof operand !== "number") return failExpected("integer", operand, context);
  if (!Number.isInteger(operand) || operand < 0)
    context.validation.fail(context.path, `expected an integer from 0 on, got ${operand}`);
};

const checkMod: OperandCheck = (operand, { path, validation }) => {
  if (!Array.isArray(operand) || operand.length !== 2 || !operand.every((part) => Number.isFinite(part)))
    return validation.fail(path, "expected [divisor, remainder], two numbers");
  if (Math.trunc(operand[0]) === 0) validation.fail(path, "the divisor is 0");
};

const formatValue = (value: unknown): string =>
  typeof value === "string" || typeof value === "number" ? JSON.stringify(value) : jsonTypeName(value);

const OPERAND_CHECKS: ReadonlyMap<string, OperandCheck> = new Map([
  ["$eq", checkAnything],
  ["$ne", checkAnything],
  ["$gt", checkAnything],
  ["$gte", checkAnything],
  ["$lt", checkAnything],
  ["$lte", checkAnything],
  ["$in", checkList],
  ["$nin", checkList],
  ["$all", checkAll],
  ["$not", checkNot],
  ["$elemMatch", checkElemMatch],
  ["$regex", checkRegex],
  ["$options", checkOptions],
  ["$exists", checkExists],
  ["$type", checkType],
  ["$size", checkSize],
  ["$mod", checkMod],
]);

/** The operators that are allowed below the name of a field. */
export const FIELD_OPERATORS: ReadonlySet<string> = new Set(OPERAND_CHECKS.keys());

/** Checks the operand of one operator. @param siblings the operator and those beside it */
export function checkOperand(name: string, operand: unknown, siblings: JsonObject, context: OperandContext): void {
  OPERAND_CHECKS.get(name)?.(operand, context, siblings);
}
