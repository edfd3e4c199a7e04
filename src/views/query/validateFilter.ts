import { invalid } from "../../domain/wmsError.js";
import { bsonTypeTest } from "./bsonTypes.js";
import { holdsOperators, isMemberCondition, LOGICAL_OPERATORS } from "./filterShape.js";
import { isObject, isScalar, type JsonObject, jsonTypeName } from "./json.js";
import { FilterPatterns, PatternError } from "./regex.js";

/** Maximum levels of `$and`, `$or`, `$nor`, `$not` and `$elemMatch`, and of objects and arrays below them. */
const MAX_DEPTH = 100;
/** Maximum conditions of a filter, because their tests block the event loop. Scalars in `$in` do not count. */
const MAX_CONDITIONS = 10_000;

/** The validation of one filter. */
interface Validation {
  readonly patterns: FilterPatterns;
  conditions: number;
}

/** The place of a value in the filter. `path` is for errors: `query.phase.$in`. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly validation: Validation;
}

/** @param siblings the operator and those beside it */
type OperandCheck = (operand: unknown, place: Place, siblings: JsonObject) => void;

/**
 * Validates a whole filter, before anything is read.
 *
 * @param patterns receives the filter's regular expressions, compiled
 * @throws WmsError `invalid` that names the field: `query.$or[0].phase.$in: expected array, got string`
 */
export function validateFilter(filter: unknown, patterns = new FilterPatterns()): asserts filter is JsonObject {
  checkQuery(filter, { path: "query", depth: 0, validation: { patterns, conditions: 0 } });
}

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

function countCondition(place: Place): void {
  if (++place.validation.conditions > MAX_CONDITIONS) fail(place, `more than ${MAX_CONDITIONS} conditions in a filter`);
}

function checkQuery(query: unknown, place: Place): void {
  if (!isObject(query)) failExpected("object", query, place);
  checkDepth(place);
  for (const [key, value] of Object.entries(query)) {
    const keyPlace = memberPlace(place, key);
    countCondition(keyPlace);
    if (LOGICAL_OPERATORS.has(key)) checkClauses(value, deeper(keyPlace));
    else if (key.startsWith("$")) checkTopLevelOperator(key, keyPlace);
    else if (holdsOperators(value)) checkOperators(value, keyPlace);
    else checkLiteral(value, keyPlace);
  }
}

function checkClauses(clauses: unknown, place: Place): void {
  if (!Array.isArray(clauses)) failExpected("array", clauses, place);
  if (clauses.length === 0) fail(place, "expected at least one filter");
  for (const [index, clause] of clauses.entries()) checkQuery(clause, entryPlace(place, index));
}

function checkTopLevelOperator(key: string, place: Place): void {
  if (key === "$comment") return;
  fail(place, FIELD_OPERATORS.has(key) ? "stands below the name of a field only" : "unknown operator");
}

function checkOperators(operators: JsonObject, place: Place): void {
  checkDepth(place);
  for (const [key, operand] of Object.entries(operators)) {
    const keyPlace = memberPlace(place, key);
    countCondition(keyPlace);
    if (!key.startsWith("$")) fail(keyPlace, "a field stands beside operators");
    if (LOGICAL_OPERATORS.has(key)) fail(keyPlace, "stands above the names of fields only");
    const check = OPERAND_CHECKS.get(key) ?? fail(keyPlace, "unknown operator");
    check(operand, keyPlace, operators);
  }
}

/** Checks a value to compare with. */
function checkLiteral(value: unknown, place: Place): void {
  if (isScalar(value)) return;
  const inner = deeper(place);
  checkDepth(inner);
  for (const member of Object.values(value as object)) checkLiteral(member, inner);
}

const checkList: OperandCheck = (operand, place) => {
  if (!Array.isArray(operand)) failExpected("array", operand, place);
  for (const [index, value] of operand.entries()) {
    // Objects and arrays are compared one by one; scalars are looked up in a set.
    if (!isScalar(value)) countCondition(entryPlace(place, index));
    checkListEntry(value, index, place);
  }
};

function checkListEntry(value: unknown, index: number, place: Place): void {
  // A list may hold 100,000 scalars, which are always valid.
  if (isScalar(value)) return;
  if (holdsOperators(value)) fail(entryPlace(place, index), "expected a value, got operators");
  checkLiteral(value, entryPlace(place, index));
}

const isElemMatch = (value: unknown): value is JsonObject => isObject(value) && Object.hasOwn(value, "$elemMatch");

const checkAll: OperandCheck = (operand, place) => {
  if (!Array.isArray(operand)) failExpected("array", operand, place);
  const elemMatches = operand.some(isElemMatch);
  for (const [index, value] of operand.entries()) {
    const valuePlace = entryPlace(place, index);
    countCondition(valuePlace);
    if (!elemMatches) checkListEntry(value, index, place);
    else if (isElemMatch(value) && Object.keys(value).length === 1) checkOperators(value, valuePlace);
    else fail(valuePlace, "expected $elemMatch alone, as in the other entries");
  }
};

const checkNot: OperandCheck = (operand, place) => {
  if (!isObject(operand)) failExpected("object of operators", operand, place);
  if (Object.keys(operand).length === 0) fail(place, "expected at least one operator");
  checkOperators(operand, deeper(place));
};

const checkElemMatch: OperandCheck = (operand, place) => {
  if (!isObject(operand)) failExpected("object", operand, place);
  if (isMemberCondition(operand)) checkOperators(operand, deeper(place));
  else checkQuery(operand, deeper(place));
};

const checkRegex: OperandCheck = (operand, place, siblings) => {
  if (typeof operand !== "string") failExpected("string", operand, place);
  const options = Object.hasOwn(siblings, "$options") ? siblings["$options"] : "";
  // checkOptions reports this.
  if (typeof options !== "string") return;
  try {
    place.validation.patterns.compile(operand, options);
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
