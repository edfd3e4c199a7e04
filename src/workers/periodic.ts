import type { Wms } from "../lifecycle/context.js";

/** Work that is done again and again, in every worker process. */
export interface PeriodicWork {
  name: string;
  /** Milliseconds between the end of one run and the start of the next. */
  interval: number;
  runOnce: () => Promise<void>;
}

/** A running {@link PeriodicWork}. */
export interface RunningPeriodicWork {
  /** Ends it, after the run that may be under way. */
  close(): Promise<void>;
}

/** Starts periodic work; the first run begins at once. A run that fails is logged, and the next one comes all the same. */
export function startPeriodic(
  { name, interval, runOnce }: PeriodicWork,
  { events, log }: Pick<Wms, "events" | "log">,
): RunningPeriodicWork {
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
      // While Redis is away every run fails: one line says it.
      if (!isFailing && !isClosed) log.warn({ err: error, work: name }, "periodic work failed, goes on");
      isFailing = true;
      events.emit("periodicEnded", { work: name, ok: false });
    }
    if (!isClosed) timer = setTimeout(start, interval);
  };
  const start = (): void => {
    currentRun = runAndReschedule();
  };
  start();
  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await currentRun;
    },
  };
}
