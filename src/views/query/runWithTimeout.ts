import { createContext, Script } from "node:vm";

/** Work was interrupted after its time. */
export class WorkTimeoutError extends Error {
  override name = "WorkTimeoutError";
}

const context = createContext({});
const script = new Script("work()");

/**
 * Runs synchronous work and interrupts it after a time, because nothing else runs meanwhile. The timer costs some 50 µs.
 * Interrupted work leaves what it changes half changed.
 *
 * Work is repeated once, from its beginning, when the process had no processor during the time.
 *
 * @param timeoutMs below 1, the work does not start
 * @throws WorkTimeoutError, or what the work throws
 */
export function runWithTimeout<T>(timeoutMs: number, work: () => T): T {
  const wholeTimeoutMs = Math.floor(timeoutMs);
  if (wholeTimeoutMs < 1) throw new WorkTimeoutError("no time left");
  const before = process.cpuUsage();
  const first = runInVm(wholeTimeoutMs, work);
  if (first !== TIMED_OUT) return first;
  const { user, system } = process.cpuUsage(before);
  const isCpuStarved = (user + system) / 1000 < wholeTimeoutMs / 2;
  const second = isCpuStarved ? runInVm(wholeTimeoutMs, work) : TIMED_OUT;
  if (second !== TIMED_OUT) return second;
  throw new WorkTimeoutError(`interrupted after ${wholeTimeoutMs} ms`);
}

const TIMED_OUT = Symbol("timed out");

function runInVm<T>(timeout: number, work: () => T): T | typeof TIMED_OUT {
  context["work"] = work;
  try {
    return script.runInContext(context, { timeout }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return TIMED_OUT;
  } finally {
    context["work"] = undefined;
  }
}

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
