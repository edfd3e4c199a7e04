import { invalid } from "../../domain/wmsError.js";
import { isObject, type JsonObject, typeName } from "./json.js";
import { checkOperand, FIELD_OPERATORS, type FilterCheck } from "./operandChecks.js";
import { Patterns } from "./regex.js";
import { holdsOperators, LOGICAL } from "./filterShape.js";

/** Levels of `$and`, `$or`, `$nor`, `$not` and `$elemMatch`, and below them of objects and arrays to compare with. */
const MAX_DEPTH = 100;
/** Each condition is tried on each document, and nothing else runs meanwhile. Scalars in `$in` don't count. */
const MAX_CONDITIONS = 10_000;

/**
 * Checks a filter as a whole, before anything is looked up.
 *
 * @param patterns receives the filter's regular expressions, compiled
 * @throws WmsError `invalid` that names the field: `query.$or[0].phase.$in: expected array, got string`
 */
export function validateFilter(filter: unknown, patterns = new Patterns()): asserts filter is JsonObject {
  let conditions = 0;
  const check: FilterCheck = {
    patterns,
    fail: (at, what) => {
      throw invalid(`${at}: ${what}`);
    },
    depth(depth, at) {
      if (depth > MAX_DEPTH) check.fail(at, `nested deeper than ${MAX_DEPTH} levels`);
    },
    condition(at) {
      if (++conditions > MAX_CONDITIONS) check.fail(at, `more than ${MAX_CONDITIONS} conditions in a filter`);
    },
    query: (query, at, depth) => checkQuery(query, at, depth, check),
    operators: (operators, at, depth) => checkOperators(operators, at, depth, check),
    literal: (value, at, depth) => checkLiteral(value, at, depth, check),
  };
  checkQuery(filter, "query", 0, check);
}

function checkQuery(query: unknown, at: string, depth: number, check: FilterCheck): void {
  if (!isObject(query)) check.fail(at, `expected object, got ${typeName(query)}`);
  check.depth(depth, at);
  for (const [key, value] of Object.entries(query)) {
    const here = `${at}.${key}`;
    check.condition(here);
    if (LOGICAL.has(key)) checkClauses(value, here, depth + 1, check);
    else if (key.startsWith("$")) checkComment(key, here, check);
    else if (holdsOperators(value)) checkOperators(value, here, depth, check);
    else checkLiteral(value, here, depth, check);
  }
}

function checkClauses(clauses: unknown, at: string, depth: number, check: FilterCheck): void {
  if (!Array.isArray(clauses)) check.fail(at, `expected array, got ${typeName(clauses)}`);
  if (clauses.length === 0) check.fail(at, "expected at least one filter");
  clauses.forEach((clause, index) => {
    checkQuery(clause, `${at}[${index}]`, depth, check);
  });
}

function checkComment(key: string, at: string, check: FilterCheck): void {
  if (key === "$comment") return;
  check.fail(at, FIELD_OPERATORS.has(key) ? "stands below the name of a field only" : "unknown operator");
}

function checkOperators(operators: JsonObject, at: string, depth: number, check: FilterCheck): void {
  check.depth(depth, at);
  for (const [key, operand] of Object.entries(operators)) {
    const here = `${at}.${key}`;
    check.condition(here);
    if (!key.startsWith("$")) check.fail(here, "a field stands beside operators");
    if (LOGICAL.has(key)) check.fail(here, "stands above the names of fields only");
    if (!FIELD_OPERATORS.has(key)) check.fail(here, "unknown operator");
    checkOperand(key, operand, operators, { at: here, depth, check });
  }
}

function checkLiteral(value: unknown, at: string, depth: number, check: FilterCheck): void {
  if (typeof value !== "object" || value === null) return;
  check.depth(depth + 1, at);
  for (const member of Object.values(value)) checkLiteral(member, at, depth + 1, check);
}
