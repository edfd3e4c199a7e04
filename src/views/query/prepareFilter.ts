import { invalid, WmsError } from "../../domain/wmsError.js";
import { countConditions } from "./conditions.js";
import { DocumentPaths, type PathValues } from "./documentPaths.js";
import { createDocumentTimeLimit } from "./documentTimeLimit.js";
import { holdsOperators, LOGICAL_OPERATORS } from "./filterShape.js";
import type { JsonObject } from "./json.js";
import { mergeEqualities } from "./mergeEqualities.js";
import { compileOperator, type NestedCompiler, type PathTest } from "./operators.js";
import { FilterPatterns } from "./regex.js";
import { validateFilter } from "./validateFilter.js";

/** A filter that is ready to be run. */
export interface PreparedFilter {
  /** The filter to plan with: it means what was written, but is more simple. */
  readonly query: JsonObject;
  /** How many conditions are tried on a document, at the most. */
  readonly conditionCount: number;
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
  const patterns = new FilterPatterns();
  validateFilter(filter, patterns);
  const query = mergeEqualities(filter);
  const test = rethrowAsInvalid(() => new FilterCompiler(patterns).compileQuery(query));
  const conditionCount = countConditions(query);
  const watch = createDocumentTimeLimit(conditionCount);
  const matches = (document: object, length: number): boolean => {
    patterns.startDocument();
    return rethrowAsInvalid(() => watch(length, () => test(document)));
  };
  return { query, conditionCount, matches };
}

/** Whatever goes wrong with a filter is the filter's fault: a 400, not a 500. */
function rethrowAsInvalid<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof WmsError) throw error;
    throw invalid(`query: ${(error as Error).message}`);
  }
}

/** Makes closures of a validated filter. */
class FilterCompiler implements NestedCompiler {
  readonly patterns: FilterPatterns;

  constructor(patterns: FilterPatterns) {
    this.patterns = patterns;
  }

  /** A test of documents, and of what else stands in an array: only objects and arrays have fields. */
  compileQuery(query: JsonObject): (document: unknown) => boolean {
    const paths = new DocumentPaths();
    const holds = this.#compileClause(query, paths);
    return (document) => {
      if (typeof document !== "object" || document === null) return false;
      paths.setDocument(document);
      return holds();
    };
  }

  /** A test of the values that one path leads to. */
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

  /** A test of the document that the paths have entered: first by what combines filters, then by single fields. */
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
