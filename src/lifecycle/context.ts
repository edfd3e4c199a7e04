import type { Logger } from "pino";
import type { LifecycleSettings } from "../domain/lifecycleSettings.js";
import type { Mqs } from "../domain/mqProfile.js";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import type { Queues } from "../queues/queues.js";
import type { Store } from "../store/store.js";

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
