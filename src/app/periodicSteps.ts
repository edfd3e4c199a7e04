import type { Wms } from "../lifecycle/context.js";
import { type PeriodicWork, type RunningPeriodic, startPeriodic } from "../workers/periodic.js";
import { heartbeat } from "./heartbeat.js";
import type { ProcessVitals } from "./processVitals.js";
import type { Roles } from "./roles.js";
import type { ServiceStep } from "./serviceSteps.js";

/** Milliseconds between two reads of the known schedds. */
const SCHEDD_SYNC_INTERVAL_MS = 2000;

/** Periodic work. A failed run is logged and repeated. */
export const periodicStep = (work: PeriodicWork, wms: Wms): ServiceStep<RunningPeriodic> => ({
  name: `periodic work: ${work.name}`,
  start: () => startPeriodic(work, wms),
  close: (running) => running.close(),
});

/** Periodic work whose first run must succeed before the next step. */
export const requiredStep = (work: PeriodicWork, wms: Pick<Wms, "events" | "log">): ServiceStep<RunningPeriodic> => ({
  name: `periodic work: ${work.name}`,
  async start() {
    const running = startPeriodic(work, wms);
    try {
      await running.firstRun;
    } catch (error) {
      await running.close();
      throw error;
    }
    return running;
  },
  close: (running) => running.close(),
});

/** The heartbeats. When the process ends in order, it leaves the list of processes. */
export function heartbeatStep(wms: Wms, roles: Roles, vitals: ProcessVitals): ServiceStep<RunningPeriodic> {
  const step = requiredStep(heartbeat(wms.store, roles, vitals), wms);
  return {
    ...step,
    async close(running) {
      vitals.close();
      await running.close();
      // Without Redis, the last heartbeat expires.
      await wms.store.processes.leave().catch(() => undefined);
    },
  };
}

/** Creates the queues of schedds that another process has registered, so that this process serves them too. */
export const syncSchedds = (wms: Wms): PeriodicWork => ({
  name: "learn schedds",
  intervalMs: SCHEDD_SYNC_INTERVAL_MS,
  runOnce: async () => wms.queues.ensureSchedds(await wms.store.knownSchedds()),
});
