import { invalid } from "../../domain/wmsError.js";
import { runWithTimeout, WorkTimeoutError } from "./runWithTimeout.js";

/*
 * Conditions are tried on all members of an array, and documents may hold a million of them. Nothing else runs until a
 * document is tried, so what can be large is watched. Milliseconds.
 */

/** For one document. */
const DOCUMENT_TIMEOUT_MS = 500;
/** For all documents of a query that are watched. */
const QUERY_TIMEOUT_MS = 30_000;
/** Conditions × characters of the document that need no watching: some 100 ms at the worst, mostly below one. */
const MAX_UNTIMED_WORK = 10_000_000;

/**
 * Breaks off what takes too long on a document.
 *
 * @param conditionCount of the filter
 * @returns runs the test of a document, given the length of its JSON text; throws WmsError `invalid` when it is broken off
 */
export function createDocumentTimeLimit(conditionCount: number): (length: number, test: () => boolean) => boolean {
  let spentMs = 0;
  return (length, test) => {
    if (conditionCount * length <= MAX_UNTIMED_WORK) return test();
    const began = performance.now();
    try {
      return runWithTimeout(Math.min(DOCUMENT_TIMEOUT_MS, QUERY_TIMEOUT_MS - spentMs), test);
    } catch (error) {
      if (!(error instanceof WorkTimeoutError)) throw error;
      throw invalid(`query: ${conditionCount} conditions take too long on such large documents; use fewer`);
    } finally {
      spentMs += performance.now() - began;
    }
  };
}
