import { invalid, WmsError } from "../../domain/wmsError.js";
import { FilterCompiler } from "./filterCompiler.js";
import { countConditions } from "./filterShape.js";
import type { JsonObject } from "./json.js";
import { mergeEqualities } from "./mergeEqualities.js";
import { FilterPatterns } from "./regex.js";
import { TimeBudget, WorkTimeoutError } from "./runWithTimeout.js";
import { validateFilter } from "./validateFilter.js";

/**
 * Conditions × characters of a document that are tested without a timer: 100 ms at the worst, mostly below 1 ms. A condition
 * is tried on all members of an array, and a document may hold a million of them.
 */
const MAX_UNTIMED_WORK = 10_000_000;

/** A filter that is ready to run. */
interface PreparedFilter {
  /** An equivalent, simpler filter to plan with. */
  readonly query: JsonObject;
  /** The maximum number of conditions that are tried on one document. */
  readonly conditionCount: number;
  /**
   * Tests a document, whose JSON text has a length.
   *
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
