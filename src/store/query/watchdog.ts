import { createContext, Script } from "node:vm";

/** The work took longer than it was given. */
export class TookTooLong extends Error {
  override name = "TookTooLong";
}

const context = createContext({});
const script = new Script("work()");

/**
 * Does work that can't be divided, and breaks it off when it takes too long: nothing else runs meanwhile. Watching costs
 * some 50 µs. What the work was changing is left half changed.
 *
 * @param milliseconds that it may take; below one, it is not even begun
 * @throws TookTooLong, or what the work throws
 */
export function watched<T>(milliseconds: number, work: () => T): T {
  const timeout = Math.floor(milliseconds);
  if (timeout < 1) throw new TookTooLong("no time is left");
  context["work"] = work;
  try {
    return script.runInContext(context, { timeout }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new TookTooLong(`broken off after ${timeout} ms`);
  } finally {
    context["work"] = undefined;
  }
}
