import { invalid } from "../../domain/wmsError.js";
import { bsonTypeTest } from "./bsonTypes.js";
import { holdsOperators, isMemberCondition, LOGICAL_OPERATORS } from "./filterShape.js";
import { isObject, isScalar, type JsonObject, jsonTypeName } from "./json.js";
import { MAX_DEPTH } from "./limits.js";
import { type FilterPatterns, PatternError } from "./regex.js";

/** The place of a value in the filter. `path` is for errors: `query.phase.$in`. */
interface Place {
  readonly path: string;
  readonly depth: number;
  /** The filter's regular expressions. */
  readonly patterns: FilterPatterns;
}

/** The rest of a validation. */
type Steps = Iterable<undefined>;
/** @param siblings the operator and those beside it. @returns further steps, if there are any */
type OperandCheck = (operand: unknown, place: Place, siblings: JsonObject) => Steps | undefined;

/**
 * Validates a whole filter, before anything is read.
 *
 * @param patterns receives the filter's regular expressions, compiled
 * @returns steps of one field or operator each, between which the caller may yield to other requests
 * @throws WmsError `invalid` that names the field: `query.$or[0].phase.$in: expected array, got string`
 */
export const validationSteps = (filter: unknown, patterns: FilterPatterns): Steps =>
  checkQuery(filter, { path: "query", depth: 0, patterns });

function fail({ path }: Place, what: string): never {
  throw invalid(`${path}: ${what}`);
}

function failExpected(what: string, got: unknown, place: Place): never {
  fail(place, `expected ${what}, got ${jsonTypeName(got)}`);
}

const memberPlace = (place: Place, key: string): Place => ({ ...place, path: `${place.path}.${key}` });
const entryPlace = (place: Place, index: number): Place => ({ ...place, path: `${place.path}[${index}]` });
const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 });

function checkDepth(place: Place): void {
  if (place.depth > MAX_DEPTH) fail(place, `nested deeper than ${MAX_DEPTH} levels`);
}

function* checkQuery(query: unknown, place: Place): Steps {
  if (!isObject(query)) failExpected("object", query, place);
  checkDepth(place);
  for (const [key, value] of Object.entries(query)) {
    yield;
    const keyPlace = memberPlace(place, key);
    if (LOGICAL_OPERATORS.has(key)) yield* checkClauses(value, deeper(keyPlace));
    else if (key.startsWith("$")) checkTopLevelOperator(key, keyPlace);
    else if (holdsOperators(value)) yield* checkOperators(value, keyPlace);
    else checkLiteral(value, keyPlace);
  }
}

function* checkClauses(clauses: unknown, place: Place): Steps {
  if (!Array.isArray(clauses)) failExpected("array", clauses, place);
  if (clauses.length === 0) fail(place, "expected at least one filter");
  for (const [index, clause] of clauses.entries()) yield* checkQuery(clause, entryPlace(place, index));
}

function checkTopLevelOperator(key: string, place: Place): void {
  if (key === "$comment") return;
  fail(place, FIELD_OPERATORS.has(key) ? "stands below the name of a field only" : "unknown operator");
}

function* checkOperators(operators: JsonObject, place: Place): Steps {
  checkDepth(place);
  for (const [key, operand] of Object.entries(operators)) {
    yield;
    const keyPlace = memberPlace(place, key);
    if (!key.startsWith("$")) fail(keyPlace, "a field stands beside operators");
    if (LOGICAL_OPERATORS.has(key)) fail(keyPlace, "stands above the names of fields only");
    const check = OPERAND_CHECKS.get(key) ?? fail(keyPlace, "unknown operator");
    yield* check(operand, keyPlace, operators) ?? [];
  }
}

/** Checks a value to compare with. */
function checkLiteral(value: unknown, place: Place): undefined {
  if (isScalar(value)) return;
  const inner = deeper(place);
  checkDepth(inner);
  for (const member of Object.values(value as object)) checkLiteral(member, inner);
}

const checkList: OperandCheck = (operand, place) => {
  if (!Array.isArray(operand)) failExpected("array", operand, place);
  for (const [index, value] of operand.entries()) checkListEntry(value, index, place);
};

function checkListEntry(value: unknown, index: number, place: Place): void {
  // A list may hold 200,000 scalars, which are always valid.
  if (isScalar(value)) return;
  if (holdsOperators(value)) fail(entryPlace(place, index), "expected a value, got operators");
  checkLiteral(value, entryPlace(place, index));
}

const isElemMatch = (value: unknown): value is JsonObject => isObject(value) && Object.hasOwn(value, "$elemMatch");

const checkAll: OperandCheck = function* (operand, place): Steps {
  if (!Array.isArray(operand)) failExpected("array", operand, place);
  const elemMatches = operand.some(isElemMatch);
  for (const [index, value] of operand.entries()) {
    const valuePlace = entryPlace(place, index);
    if (!elemMatches) checkListEntry(value, index, place);
    else if (isElemMatch(value) && Object.keys(value).length === 1) yield* checkOperators(value, valuePlace);
    else fail(valuePlace, "expected $elemMatch alone, as in the other entries");
  }
};

const checkNot: OperandCheck = (operand, place) => {
  if (!isObject(operand)) failExpected("object of operators", operand, place);
  if (Object.keys(operand).length === 0) fail(place, "expected at least one operator");
  return checkOperators(operand, deeper(place));
};

const checkElemMatch: OperandCheck = (operand, place) => {
  if (!isObject(operand)) failExpected("object", operand, place);
  return isMemberCondition(operand) ? checkOperators(operand, deeper(place)) : checkQuery(operand, deeper(place));
};

const checkRegex: OperandCheck = (operand, place, siblings) => {
  if (typeof operand !== "string") failExpected("string", operand, place);
  const options = Object.hasOwn(siblings, "$options") ? siblings["$options"] : "";
  // checkOptions reports this.
  if (typeof options !== "string") return;
  try {
    place.patterns.compile(operand, options);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    fail(place, error.message);
  }
};

const checkOptions: OperandCheck = (operand, place, siblings) => {
  if (typeof operand !== "string") failExpected("string", operand, place);
  if (!Object.hasOwn(siblings, "$regex")) fail(place, "stands beside $regex only");
};

const checkExists: OperandCheck = (operand, place) => {
  // MongoDB accepts 1 and 0 too.
  if (typeof operand !== "boolean" && typeof operand !== "number") failExpected("boolean", operand, place);
};

const checkType: OperandCheck = (operand, place) => {
  if (Array.isArray(operand) && operand.length === 0) fail(place, "expected at least one type");
  for (const type of Array.isArray(operand) ? operand : [operand]) {
    const shown = typeof type === "string" || typeof type === "number" ? JSON.stringify(type) : jsonTypeName(type);
    if (bsonTypeTest(type) === undefined) fail(place, `expected name or number of a type, got ${shown}`);
  }
};

const checkSize: OperandCheck = (operand, place) => {
  if (typeof operand !== "number") failExpected("integer", operand, place);
  if (!Number.isInteger(operand) || operand < 0) fail(place, `expected an integer from 0 on, got ${operand}`);
};

const checkMod: OperandCheck = (operand, place) => {
  if (!Array.isArray(operand) || operand.length !== 2 || !operand.every((part) => Number.isFinite(part)))
    fail(place, "expected [divisor, remainder], two numbers");
  if (!operand.every((part) => part >= -(2 ** 63) && part < 2 ** 63)) fail(place, "expected integers of 64 bits");
  if (Math.trunc(operand[0]) === 0) fail(place, "the divisor is 0");
};

const OPERAND_CHECKS: ReadonlyMap<string, OperandCheck> = new Map([
  ...["$eq", "$ne", "$gt", "$gte", "$lt", "$lte"].map((name) => [name, checkLiteral] as const),
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
