import { randomUUID } from "node:crypto";
import packageJson from "../../package.json" with { type: "json" };
import { epochMs } from "../domain/clock.js";
import type { Wms } from "../lifecycle/context.js";
import { applyRetention, type RetentionOptions, type RetentionSettings } from "../transfer/retention.js";
import type { PeriodicWork } from "./periodic.js";

/** Milliseconds from the beginning of one run to the next, whichever processes take them. */
const RUN_INTERVAL_MS = 3_600_000;
/** Milliseconds between two attempts of a process to begin a run. */
const ATTEMPT_INTERVAL_MS = 60_000;
/** A run takes at most a sixth of the interval, so that its lock does not expire before its end. */
const RUN_LIMITS = { workflows: 10_000, ms: RUN_INTERVAL_MS / 6 };

/** What a test may choose otherwise. */
type RunOptions = Partial<Pick<RetentionOptions, "now" | "limits" | "onStep" | "signal">>;

/**
 * The work that archives and removes old workflows, once an hour in one of all processes.
 *
 * @param signal ends a run between two workflows, because a worker process stops
 */
export const retentionWork = (wms: Wms, settings: RetentionSettings, signal: AbortSignal): PeriodicWork => ({
  name: "retention",
  intervalMs: ATTEMPT_INTERVAL_MS,
  runOnce: async () => void (await tryRetention(wms, settings, { signal })),
});

/**
 * Applies retention, unless a process has begun a run within the last hour.
 *
 * @returns whether this process has done it
 * @throws as `applyRetention`; the next attempt is after an hour
 */
export async function tryRetention(
  { store, events, log }: Pick<Wms, "store" | "events" | "log">,
  settings: RetentionSettings,
  { onStep, now = epochMs() / 1000, ...options }: RunOptions = {},
): Promise<boolean> {
  const token = randomUUID();
  if (!(await store.retention.takeLock(token, { expiryMs: RUN_INTERVAL_MS, now }))) return false;
  const run = await applyRetention({
    store,
    serviceVersion: packageJson.version,
    now,
    limits: RUN_LIMITS,
    ...settings,
    ...options,
    async onStep(step) {
      await onStep?.(step);
      // A process that was suspended for an hour may find another one at work.
      if (!(await store.retention.holdsLock(token)))
        throw new Error("the lock of retention expired; a later run follows");
    },
  });
  const { archived, removed, kept } = run;
  events.emit("retentionApplied", { archived, removed });
  if (archived + removed > 0) log.info({ archived, removed, kept }, "old workflows were archived and removed");
  if (!run.is_complete) log.info("retention reached the limit of a run and continues in an hour");
  return true;
}
