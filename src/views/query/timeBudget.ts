import { runWithTimeout, WorkTimeoutError } from "./runWithTimeout.js";

/** Milliseconds for one document. */
const DOCUMENT_TIMEOUT_MS = 500;
/** Milliseconds for all documents of a query. */
const QUERY_TIMEOUT_MS = 30_000;

/** Limits the time that the tests of a query's documents take, because they block the event loop. */
export class TimeBudget {
  #deadlineMs = 0;
  #spentMs = 0;

  /** Starts the time of the next document. */
  startDocument(): void {
    this.#deadlineMs = performance.now() + DOCUMENT_TIMEOUT_MS;
  }

  /** Runs a test that is known to be short, and charges its time to the query. @throws WorkTimeoutError */
  runShort<T>(test: () => T): T {
    if (this.#spentMs > QUERY_TIMEOUT_MS) throw new WorkTimeoutError("the query has used up its time");
    const startMs = performance.now();
    try {
      return test();
    } finally {
      this.#spentMs += performance.now() - startMs;
    }
  }

  /** Runs a test, and interrupts it at the end of the document's or the query's time. @throws WorkTimeoutError */
  runLimited<T>(test: () => T): T {
    const leftMs = Math.min(this.#deadlineMs - performance.now(), QUERY_TIMEOUT_MS - this.#spentMs);
    return this.runShort(() => runWithTimeout(leftMs, test));
  }
}
