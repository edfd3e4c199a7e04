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
 * When the process itself did not get the processor meanwhile, it is no fault of the work: it is done once more, from the
 * beginning.
 *
 * @param milliseconds that it may take; below one, it is not even begun
 * @throws TookTooLong, or what the work throws
 */
export function watched<T>(milliseconds: number, work: () => T): T {
  const timeout = Math.floor(milliseconds);
  if (timeout < 1) throw new TookTooLong("no time is left");
  const before = process.cpuUsage();
  const first = within(timeout, work);
  if (first !== BROKEN_OFF) return first;
  const { user, system } = process.cpuUsage(before);
  const stalled = (user + system) / 1000 < timeout / 2;
  const second = stalled ? within(timeout, work) : BROKEN_OFF;
  if (second !== BROKEN_OFF) return second;
  throw new TookTooLong(`broken off after ${timeout} ms`);
}

const BROKEN_OFF = Symbol("broken off");

function within<T>(timeout: number, work: () => T): T | typeof BROKEN_OFF {
  context["work"] = work;
  try {
    return script.runInContext(context, { timeout }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return BROKEN_OFF;
  } finally {
    context["work"] = undefined;
  }
}
