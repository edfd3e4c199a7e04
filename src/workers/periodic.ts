import type { Wms } from "../lifecycle/context.js";

/** Work that a process repeats. */
export interface PeriodicWork {
  name: string;
  /** Milliseconds between the end of one run and the start of the next. */
  intervalMs: number;
  runOnce: () => Promise<void>;
}

/** Periodic work that has started. */
export interface RunningPeriodic {
  /** Rejects when the first run failed. Awaiting it is optional. */
  readonly firstRun: Promise<void>;
  /** Ends the work after its current run. */
  close(): Promise<void>;
}

/** Starts periodic work with a first run at once. A failed run is logged, and does not stop later ones. */
export function startPeriodic(
  { name, intervalMs, runOnce }: PeriodicWork,
  { events, log }: Pick<Wms, "events" | "log">,
): RunningPeriodic {
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let isFailing = false;
  let currentRun: Promise<void> = Promise.resolve();

  const runAndReschedule = async (): Promise<void> => {
    try {
      await runOnce();
      isFailing = false;
      events.emit("periodicEnded", { work: name, ok: true });
    } catch (error) {
      // While Redis is unreachable every run fails: log only the first failure.
      if (!isFailing && !isClosed)
        log.warn({ err: error, work: name }, "periodic work failed; it is repeated after its interval");
      isFailing = true;
      events.emit("periodicEnded", { work: name, ok: false });
      throw error;
    } finally {
      if (!isClosed) timer = setTimeout(start, intervalMs);
    }
  };
  const start = (): void => {
    currentRun = runAndReschedule();
    // The failure is logged already.
    currentRun.catch(() => undefined);
  };
  start();
  return {
    firstRun: currentRun,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await currentRun.catch(() => undefined);
    },
  };
}
