import { invalid, WmsError } from "../../domain/wmsError.js";
import { countConditions } from "./conditions.js";
import { documentWatch } from "./documentTimeLimit.js";
import { joinEqualities } from "./mergeEqualities.js";
import type { JsonObject } from "./json.js";
import { type Nested, operatorTest, type Test } from "./operators.js";
import { type Found, Paths } from "./documentPaths.js";
import { Patterns } from "./regex.js";
import { holdsOperators, LOGICAL } from "./filterShape.js";
import { validateFilter } from "./validateFilter.js";

/** A filter that is ready to be run. */
export interface PreparedFilter {
  /** The filter to plan with: it means what was written, but is more simple. */
  readonly query: JsonObject;
  /** How many conditions are tried on a document, at the most. */
  readonly conditions: number;
  /**
   * Tests a document.
   *
   * @param length of its JSON text
   * @throws WmsError `invalid` when a regular expression or all conditions together would take too long
   */
  readonly matches: (document: object, length: number) => boolean;
}

/**
 * Checks, simplifies and compiles a MongoDB filter.
 *
 * @throws WmsError `invalid` that names the field for a filter that can't be used
 */
export function prepareFilter(filter: Record<string, unknown>): PreparedFilter {
  const patterns = new Patterns();
  validateFilter(filter, patterns);
  const query = joinEqualities(filter);
  const test = asInvalid(() => new FilterCompiler(patterns).query(query));
  const conditions = countConditions(query);
  const watch = documentWatch(conditions);
  const matches = (document: object, length: number): boolean => {
    patterns.startDocument();
    return asInvalid(() => watch(length, () => test(document)));
  };
  return { query, conditions, matches };
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
    const tests: Test[] = [];
    for (const [name, operand] of Object.entries(operators)) {
      const test = operatorTest(name, operand, operators, this);
      if (test !== undefined) tests.push(test);
    }
    const [first] = tests;
    if (first !== undefined && tests.length === 1) return first;
    return (found) => tests.every((test) => test(found));
  }

  /** A test of the document that the paths have entered: first by what combines filters, then by single fields. */
  #clause(query: JsonObject, paths: Paths): () => boolean {
    const fields: (() => boolean)[] = [];
    const logical: (() => boolean)[] = [];
    for (const [key, value] of Object.entries(query)) {
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
