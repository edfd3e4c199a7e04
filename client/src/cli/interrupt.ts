import { CommandError, EXIT_CODE } from "./exitCodes.js";

/**
 * Runs a command that Ctrl-C can end. The first Ctrl-C aborts the signal, so that requests end and the command can print
 * what it has; a second one ends the process.
 *
 * @throws CommandError `interrupted` after a Ctrl-C
 */
export async function runInterruptible(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const interrupt = new AbortController();
  let isInterrupted = false;
  const onSignal = () => {
    isInterrupted = true;
    interrupt.abort();
  };
  process.once("SIGINT", onSignal);
  try {
    await work(interrupt.signal);
  } catch (error) {
    if (!isInterrupted) throw error;
  } finally {
    process.off("SIGINT", onSignal);
    // After an error of the command, no request goes on.
    interrupt.abort();
  }
  if (isInterrupted) throw new CommandError(EXIT_CODE.interrupted, "interrupted: the output is incomplete");
}

/**
 * Yields results up to the abort of the signal, so that the caller can print them.
 *
 * @throws the abort reason before the first result
 */
export async function* takeUntilAborted<T>(found: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  let isEmpty = true;
  try {
    for await (const one of found) {
      signal.throwIfAborted();
      yield one;
      isEmpty = false;
    }
  } catch (error) {
    if (isEmpty || !signal.aborted) throw error;
  }
}
