import type { Logger } from "pino";
import type { ClusterLocations } from "../domain/clusters.js";
import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import type { Mqs } from "../domain/mqProfile.js";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import type { Queues } from "../queues/queues.js";
import type { Store } from "../store/store.js";
import { Debouncer } from "./debouncer.js";

/** The settings of the lifecycle. Durations are seconds. */
export interface LifecycleSettings {
  clusters: ClusterLocations;
  /** Directory of the pilot images. If undefined, every well-formed tag is accepted as it is. */
  pilotImagesDir: string | undefined;
  /** Maximum size of a query response, in bytes. */
  queryMaxBytes: number;
  /** Maximum number of entities that one query reads. */
  queryMaxScan: number;
  /** Failed condor-submits that are retried. One more failure makes the taskforce a dead letter. */
  actionRetries: number;
  /** The wait after the first failure. It doubles with each further failure. */
  retryWait: number;
}

/** What every step of the lifecycle works with. */
interface WmsParts {
  readonly store: Store;
  readonly queues: Queues;
  readonly mqs: Mqs;
  readonly settings: LifecycleSettings;
  /** Counts what happens, for the metrics. */
  readonly events: WmsEventEmitter;
  readonly log: Logger;
}

/** The context of the lifecycle. One for a process. */
export interface Wms extends WmsParts {
  readonly debouncers: ReturnType<typeof createDebouncers>;
}

const createDebouncers = () => ({
  /** Partitions with changes that the fan-out job will summarize and publish. */
  fanout: new Debouncer<number, true>(100),
  /** Taskforces of a workflow that were launched since its last log line. */
  launchLog: new Debouncer<WorkflowId, TaskforceUuid[]>(1000),
  /** The time of each schedd's last poll, in epoch seconds. */
  polls: new Debouncer<"all", Map<string, number>>(2000),
});

/** Makes the context of a process. {@link closeWms} closes it. */
export const createWms = (parts: WmsParts): Wms => ({ ...parts, debouncers: createDebouncers() });

/** Flushes the debouncers, then closes the queues. */
export async function closeWms({ debouncers, queues }: Wms): Promise<void> {
  await Promise.allSettled(Object.values(debouncers).map((debouncer) => debouncer.close()));
  await queues.close();
}

/** The same context for one request, whose fields each log line carries. The log is made on first use. */
export const withRequestLog = (wms: Wms, createLog: () => Logger): Wms => ({
  ...wms,
  get log() {
    return createLog();
  },
});
