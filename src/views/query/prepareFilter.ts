import { invalid, WmsError } from "../../domain/wmsError.js";
import { countConditions } from "./conditions.js";
import { DocumentPaths, type PathValues } from "./documentPaths.js";
import { holdsOperators, LOGICAL_OPERATORS } from "./filterShape.js";
import type { JsonObject } from "./json.js";
import { mergeEqualities } from "./mergeEqualities.js";
import { compileOperator, type NestedCompiler, type PathTest } from "./operators.js";
import { FilterPatterns } from "./regex.js";
import { WorkTimeoutError } from "./runWithTimeout.js";
import { TimeBudget } from "./timeBudget.js";
import { validateFilter } from "./validateFilter.js";

/**
 * Conditions × characters of a document that are tested without a timer: 100 ms at the worst, mostly below 1 ms. A condition
 * is tried on all members of an array, and a document may hold a million of them.
 */
const MAX_UNTIMED_WORK = 10_000_000;

/** A filter that is ready to run. */
export interface PreparedFilter {
  /** An equivalent, simpler filter to plan with. */
  readonly query: JsonObject;
  /** The maximum number of conditions that are tried on one document. */
  readonly conditionCount: number;
  /**
   * Tests a document.
   *
   * @param length of its JSON text
   * @throws WmsError `invalid` when a regular expression, or all conditions together, take too long
   */
  readonly matches: (document: object, length: number) => boolean;
}

/**
 * Checks, simplifies and compiles a MongoDB filter.
 *
 * @throws WmsError `invalid` that names the field of an unusable filter
 */
export function prepareFilter(filter: Record<string, unknown>): PreparedFilter {
  const patterns = new FilterPatterns();
  validateFilter(filter, patterns);
  const query = mergeEqualities(filter);
  const test = rethrowAsInvalid(() => new FilterCompiler(patterns).compileQuery(query));
  const conditionCount = countConditions(query);
  const budget = new TimeBudget();
  const matches = (document: object, length: number): boolean => {
    patterns.startDocument();
    if (conditionCount * length <= MAX_UNTIMED_WORK) return rethrowAsInvalid(() => test(document));
    budget.startDocument();
    try {
      return rethrowAsInvalid(() => budget.runLimited(() => test(document)));
    } catch (error) {
      if (!(error instanceof WorkTimeoutError)) throw error;
      throw invalid(`query: ${conditionCount} conditions take too long on such large documents; use fewer`);
    }
  };
  return { query, conditionCount, matches };
}

/** Reports every error of a filter as the client's: a 400, not a 500. */
function rethrowAsInvalid<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof WmsError || error instanceof WorkTimeoutError) throw error;
    throw invalid(`query: ${(error as Error).message}`);
  }
}

/** Compiles a validated filter to closures. */
class FilterCompiler implements NestedCompiler {
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

  /** Compiles a test of the values at one path. */
  compileCondition(operators: JsonObject): PathTest {
    const tests: PathTest[] = [];
    for (const [name, operand] of Object.entries(operators)) {
      const test = compileOperator(name, operand, operators, this);
      if (test !== undefined) tests.push(test);
    }
    const [first] = tests;
    if (first !== undefined && tests.length === 1) return first;
    return (found) => tests.every((test) => test(found));
  }

  /** Compiles a test of the current document: first the logical operators, then single fields. */
  #compileClause(query: JsonObject, paths: DocumentPaths): () => boolean {
    const fields: (() => boolean)[] = [];
    const logical: (() => boolean)[] = [];
    for (const [key, value] of Object.entries(query)) {
      if (LOGICAL_OPERATORS.has(key)) logical.push(this.#compileLogical(key, value as JsonObject[], paths));
      else fields.push(this.#compileField(paths.resolverOf(key), holdsOperators(value) ? value : { $eq: value }));
    }
    return allHold([...logical, ...fields]);
  }

  #compileField(find: () => PathValues, operators: JsonObject): () => boolean {
    const holds = this.compileCondition(operators);
    return () => holds(find());
  }

  #compileLogical(operator: string, clauses: readonly JsonObject[], paths: DocumentPaths): () => boolean {
    const tests = clauses.map((clause) => this.#compileClause(clause, paths));
    if (operator === "$and") return allHold(tests);
    const wanted = operator === "$or";
    return () => tests.some((test) => test()) === wanted;
  }
}

function allHold(tests: readonly (() => boolean)[]): () => boolean {
  const [first] = tests;
  return first !== undefined && tests.length === 1 ? first : () => tests.every((test) => test());
}
