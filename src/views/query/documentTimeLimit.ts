import { invalid } from "../../domain/wmsError.js";
import { TookTooLong, watched } from "./runWithTimeout.js";

/*
 * Conditions are tried on all members of an array, and documents may hold a million of them. Nothing else runs until a
 * document is tried, so what can be large is watched. Milliseconds.
 */

/** For one document. */
const DOCUMENT_PATIENCE = 500;
/** For all documents of a query that are watched. */
const QUERY_PATIENCE = 30_000;
/** Conditions × characters of the document that need no watching: some 100 ms at the worst, mostly below one. */
const SMALL_WORK = 10_000_000;

/**
 * Breaks off what takes too long on a document.
 *
 * @param conditions of the filter
 * @returns runs the test of a document, given the length of its JSON text; throws WmsError `invalid` when it is broken off
 */
export function documentWatch(conditions: number): (length: number, test: () => boolean) => boolean {
  let spent = 0;
  return (length, test) => {
    if (conditions * length <= SMALL_WORK) return test();
    const began = performance.now();
    try {
      return watched(Math.min(DOCUMENT_PATIENCE, QUERY_PATIENCE - spent), test);
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      throw invalid(`query: ${conditions} conditions take too long on such large documents; use fewer`);
    } finally {
      spent += performance.now() - began;
    }
  };
}
