import { invalid, WmsError } from "../../domain/errors.js";
import type { JsonObject } from "./json.js";
import { type Nested, operatorTest, type Test } from "./operators.js";
import type { Found } from "./paths.js";
import { Paths } from "./paths.js";
import { Patterns } from "./regex.js";
import { holdsOperators, LOGICAL } from "./shape.js";
import { validateFilter } from "./validate.js";

/**
 * Compiles a MongoDB filter to a test of JSON documents.
 *
 * @throws WmsError `invalid` that names the field for a filter that can't be used; the test throws it for a regular
 * expression that would take too long
 */
export function compileFilter(filter: Record<string, unknown>): (document: object) => boolean {
  const patterns = new Patterns();
  validateFilter(filter, patterns);
  const matches = asInvalid(() => new FilterCompiler(patterns).query(filter));
  return (document) => {
    patterns.startDocument();
    return asInvalid(() => matches(document));
  };
}

/** Whatever goes wrong with a filter is the filter's fault: a 400, not a 500. */
function asInvalid<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof WmsError) throw error;
    throw invalid(`query: ${(error as Error).message}`);
  }
}

/** Makes closures of a validated filter. */
class FilterCompiler implements Nested {
  readonly patterns: Patterns;

  constructor(patterns: Patterns) {
    this.patterns = patterns;
  }

  /** A test of documents, and of what else stands in an array: only objects and arrays have fields. */
  query(query: JsonObject): (document: unknown) => boolean {
    const paths = new Paths();
    const holds = this.#clause(query, paths);
    return (document) => {
      if (typeof document !== "object" || document === null) return false;
      paths.enter(document);
      return holds();
    };
  }

  /** A test of the values that one path leads to. */
  condition(operators: JsonObject): Test {
    const tests = Object.entries(operators).flatMap(
      ([name, operand]) => operatorTest(name, operand, operators, this) ?? [],
    );
    const [first] = tests;
    if (first !== undefined && tests.length === 1) return first;
    return (found) => tests.every((test) => test(found));
  }

  /** A test of the document that the paths have entered. */
  #clause(query: JsonObject, paths: Paths): () => boolean {
    const fields: (() => boolean)[] = [];
    const logical: (() => boolean)[] = [];
    for (const [key, value] of Object.entries(query)) {
      if (key === "$comment") continue;
      if (LOGICAL.has(key)) logical.push(this.#logical(key, value as JsonObject[], paths));
      else fields.push(this.#field(paths.to(key), holdsOperators(value) ? value : { $eq: value }));
    }
    return every([...logical, ...fields]);
  }

  #field(find: () => Found, operators: JsonObject): () => boolean {
    const holds = this.condition(operators);
    return () => holds(find());
  }

  #logical(operator: string, clauses: readonly JsonObject[], paths: Paths): () => boolean {
    const tests = clauses.map((clause) => this.#clause(clause, paths));
    if (operator === "$and") return every(tests);
    const wanted = operator === "$or";
    return () => tests.some((test) => test()) === wanted;
  }
}

function every(tests: readonly (() => boolean)[]): () => boolean {
  const [first] = tests;
  return first !== undefined && tests.length === 1 ? first : () => tests.every((test) => test());
}
