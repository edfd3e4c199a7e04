import sift from "sift";
import { invalid, WmsError } from "../../domain/errors.js";
import type { JsonObject } from "./json.js";
import { type OperatorTable, operatorTable } from "./operators.js";
import { type Found, follow } from "./paths.js";
import { Patterns } from "./regex.js";
import { holdsOperators, LOGICAL } from "./shape.js";
import { validateFilter } from "./validate.js";

/**
 * Compiles a MongoDB filter to a test of JSON documents.
 *
 * sift combines the conditions; it never sees a document, but only the values that each path of the filter leads to,
 * found by our own {@link follow}. So no field but the document's own exists, whatever it is called.
 *
 * @throws WmsError `invalid` that names the field for a filter that can't be used; the test throws it for a regular
 * expression that would take too long
 */
export function compileFilter(filter: Record<string, unknown>): (document: object) => boolean {
  const patterns = new Patterns();
  validateFilter(filter, patterns);
  const compiled = asInvalid(() => new FilterCompiler(patterns).query(filter));
  return (document) => {
    patterns.startDocument();
    return asInvalid(() => compiled(document));
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

class FilterCompiler {
  readonly #operations: OperatorTable;

  constructor(patterns: Patterns) {
    this.#operations = operatorTable({
      patterns,
      query: (query) => this.query(query),
      condition: (operators) => this.condition(operators),
    });
  }

  /**
   * A test of documents, and of what else stands in an array: only objects and arrays have fields. Those of an array are
   * its positions; `length` is none.
   */
  query(query: JsonObject): (document: unknown) => boolean {
    const paths = new PathNumbers();
    const numbered = numberPaths(query, paths);
    const test = sift.createQueryTester(numbered, { operations: this.#operations });
    return (document) =>
      typeof document === "object" &&
      document !== null &&
      test(paths.findIn(Array.isArray(document) ? { ...document } : (document as JsonObject)));
  }

  /** A test of the values that one path leads to. */
  condition(operators: JsonObject): (found: Found) => boolean {
    return sift.createQueryTester(plainCondition(operators), { operations: this.#operations });
  }
}

/** Gives each path of a filter a number, by which sift finds its values: sift would split the path's own name. */
class PathNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #paths: string[][] = [];

  numberOf(path: string): number {
    const known = this.#numbers.get(path);
    if (known !== undefined) return known;
    this.#numbers.set(path, this.#paths.length);
    return this.#paths.push(path.split(".")) - 1;
  }

  /** What sift gets for a document: the values by number of the path. Not an array, which sift would enter. */
  findIn(document: JsonObject): Record<number, Found> {
    const found: Record<number, Found> = {};
    this.#paths.forEach((path, number) => {
      found[number] = follow(document, path);
    });
    return found;
  }
}

/** The filter with numbers for paths, and `$eq` spelled out: what is left has no key of the user's own. */
function numberPaths(query: JsonObject, paths: PathNumbers): JsonObject {
  const numbered: JsonObject = {};
  for (const [key, value] of Object.entries(query)) {
    if (key === "$comment") continue;
    if (LOGICAL.has(key)) numbered[key] = (value as JsonObject[]).map((clause) => numberPaths(clause, paths));
    else numbered[paths.numberOf(key)] = holdsOperators(value) ? plainCondition(value) : { $eq: value };
  }
  return numbered;
}

/** Operators in an object with the ordinary prototype, whatever the filter's has: sift asks for its constructor. */
const plainCondition = (operators: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(operators).map(([name, operand]) => [
      name,
      name === "$not" ? plainCondition(operand as JsonObject) : operand,
    ]),
  );
