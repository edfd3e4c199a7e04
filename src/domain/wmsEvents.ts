import type { EventEmitter } from "node:events";

/** The two queues of a schedd from which its TMS leases taskforces. */
export type LeasedQueueName = "starter" | "stopper";

/** How a run of a background job ended. `retry`: it waits for a condition; `failed`: a backoff follows; `dead`: dead letter. */
export type JobOutcome = "done" | "retry" | "failed" | "dead";

/**
 * Events of the lifecycle and the workers, which the metrics count and heartbeats report. Their fields hold no ids, because
 * metrics must not keep a series for each taskforce.
 */
export interface WmsEvents {
  /** A TMS leased a taskforce. `waited`: seconds since it entered its phase, or last failed in it. */
  handedOut: [{ queue: LeasedQueueName; schedd: string; waited: number }];
  /** Leases expired: `reclaimed` taskforces are requeued, `dropped` ones have left the phase. */
  leasesExpired: [{ queue: LeasedQueueName; schedd: string; reclaimed: number; dropped: number }];
  /** A TMS reported an HTCondor cluster for a taskforce that does not accept it. */
  strayCluster: [];
  /** A run of a background job ended. */
  jobEnded: [{ queue: string; outcome: JobOutcome }];
  /** A run of periodic work ended. */
  periodicEnded: [{ work: string; ok: boolean }];
  /** Reconcile repaired a queue that did not match the phases. */
  queuesRepaired: [{ queue: LeasedQueueName | "background"; added: number; dropped: number }];
  /** A pass of reconcile ended without an error. */
  reconciled: [{ seconds: number; added: number; dropped: number }];
  /** A run of retention ended without an error. */
  retentionApplied: [{ archived: number; removed: number }];
}

/** Listeners are called synchronously and must not throw. */
export type WmsEventEmitter = EventEmitter<WmsEvents>;
