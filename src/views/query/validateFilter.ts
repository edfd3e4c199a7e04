import { invalid } from "../../domain/wmsError.js";
import { holdsOperators, LOGICAL_OPERATORS } from "./filterShape.js";
import { isObject, type JsonObject, jsonTypeName } from "./json.js";
import { checkOperand, FIELD_OPERATORS, type FilterValidation } from "./operandChecks.js";
import { FilterPatterns } from "./regex.js";

/** Maximum levels of `$and`, `$or`, `$nor`, `$not` and `$elemMatch`, and of objects and arrays below them. */
const MAX_DEPTH = 100;
/** Maximum conditions of a filter, because their tests block the event loop. Scalars in `$in` do not count. */
const MAX_CONDITIONS = 10_000;

/**
 * Validates a whole filter, before anything is read.
 *
 * @param patterns receives the filter's regular expressions, compiled
 * @throws WmsError `invalid` that names the field: `query.$or[0].phase.$in: expected array, got string`
 */
export function validateFilter(filter: unknown, patterns = new FilterPatterns()): asserts filter is JsonObject {
  let conditions = 0;
  const validation: FilterValidation = {
    patterns,
    fail: (at, what) => {
      throw invalid(`${at}: ${what}`);
    },
    checkDepth(depth, at) {
      if (depth > MAX_DEPTH) validation.fail(at, `nested deeper than ${MAX_DEPTH} levels`);
    },
    countCondition(at) {
      if (++conditions > MAX_CONDITIONS) validation.fail(at, `more than ${MAX_CONDITIONS} conditions in a filter`);
    },
    checkQuery: (query, at, depth) => checkQuery(query, at, depth, validation),
    checkOperators: (operators, at, depth) => checkOperators(operators, at, depth, validation),
    checkLiteral: (value, at, depth) => checkLiteral(value, at, depth, validation),
  };
  checkQuery(filter, "query", 0, validation);
}

function checkQuery(query: unknown, path: string, depth: number, validation: FilterValidation): void {
  if (!isObject(query)) validation.fail(path, `expected object, got ${jsonTypeName(query)}`);
  validation.checkDepth(depth, path);
  for (const [key, value] of Object.entries(query)) {
    const keyPath = `${path}.${key}`;
    validation.countCondition(keyPath);
    if (LOGICAL_OPERATORS.has(key)) checkClauses(value, keyPath, depth + 1, validation);
    else if (key.startsWith("$")) checkTopLevelOperator(key, keyPath, validation);
    else if (holdsOperators(value)) checkOperators(value, keyPath, depth, validation);
    else checkLiteral(value, keyPath, depth, validation);
  }
}

function checkClauses(clauses: unknown, path: string, depth: number, validation: FilterValidation): void {
  if (!Array.isArray(clauses)) validation.fail(path, `expected array, got ${jsonTypeName(clauses)}`);
  if (clauses.length === 0) validation.fail(path, "expected at least one filter");
  clauses.forEach((clause, index) => {
    checkQuery(clause, `${path}[${index}]`, depth, validation);
  });
}

function checkTopLevelOperator(key: string, path: string, validation: FilterValidation): void {
  if (key === "$comment") return;
  validation.fail(path, FIELD_OPERATORS.has(key) ? "stands below the name of a field only" : "unknown operator");
}

function checkOperators(operators: JsonObject, path: string, depth: number, validation: FilterValidation): void {
  validation.checkDepth(depth, path);
  for (const [key, operand] of Object.entries(operators)) {
    const keyPath = `${path}.${key}`;
    validation.countCondition(keyPath);
    if (!key.startsWith("$")) validation.fail(keyPath, "a field stands beside operators");
    if (LOGICAL_OPERATORS.has(key)) validation.fail(keyPath, "stands above the names of fields only");
    if (!FIELD_OPERATORS.has(key)) validation.fail(keyPath, "unknown operator");
    checkOperand(key, operand, operators, { path: keyPath, depth, validation });
  }
}

function checkLiteral(value: unknown, path: string, depth: number, validation: FilterValidation): void {
  if (typeof value !== "object" || value === null) return;
  validation.checkDepth(depth + 1, path);
  for (const member of Object.values(value)) checkLiteral(member, path, depth + 1, validation);
}
