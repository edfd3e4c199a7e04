import type { Logger } from "pino";
import type { ClusterLocations } from "../domain/clusters.js";
import type { Mqs } from "../domain/mqProfile.js";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import type { Queues } from "../queues/queues.js";
import type { Store } from "../store/store.js";

/** Rules of the lifecycle that a deployment may set. Durations are seconds. */
export interface LifecycleSettings {
  clusters: ClusterLocations;
  /** Directory of the pilot's images; undefined: every well-formed tag stands for itself. */
  pilotImagesDir: string | undefined;
  /** The longest answer of a query, in bytes. */
  queryMaxBytes: number;
  /** Entities that one query may look at. */
  queryMaxScan: number;
  /** Failures of condor-submit that are tried again before a taskforce is dead. */
  actionRetries: number;
  /** The wait after a first failure; it doubles with each further one. */
  retryWait: number;
}

/** What every step of the lifecycle works with; made once for a process. */
export interface Wms {
  readonly store: Store;
  readonly queues: Queues;
  readonly mqs: Mqs;
  readonly settings: LifecycleSettings;
  /** What happens is told here. */
  readonly events: WmsEventEmitter;
  readonly log: Logger;
}

/** The same for one request, which its log names. Most requests log nothing, so the log is made when it is asked for. */
export const withRequestLog = (wms: Wms, createLog: () => Logger): Wms => ({
  ...wms,
  get log() {
    return createLog();
  },
});
