import type { EventEmitter } from "node:events";

/** The two kinds of queues that a TMS drains. */
export type LeasedQueueName = "starter" | "stopper";

/**
 * How a run of a background job ended: `done`; `retry`, it has to wait for something; `failed`, and is tried again soon;
 * `dead`, left to the operator.
 */
export type JobOutcome = "done" | "retry" | "failed" | "dead";

/**
 * What the lifecycle and the workers tell, and to whom is none of their business: metrics count it. Names and fields carry no
 * ids, for a listener must not keep something for each taskforce.
 */
export interface WmsEvents {
  /** A TMS got a taskforce. `waited`: seconds since that entered its phase, or last failed in it. */
  handedOut: [{ queue: LeasedQueueName; schedd: string; waited: number }];
  /** Leases ran out: some taskforces are offered again, others are no longer wanted. */
  leasesExpired: [{ queue: LeasedQueueName; schedd: string; reclaimed: number; dropped: number }];
  /** HTCondor runs a cluster that the service can't take. */
  strayCluster: [];
  /** A run of a job of the background work ended. */
  jobEnded: [{ queue: string; outcome: JobOutcome }];
  /** A run of the work that comes again and again ended. */
  periodicEnded: [{ work: string; ok: boolean }];
  /** Reconcile found queues at odds with the phases, and mended them. */
  queuesRepaired: [{ queue: LeasedQueueName | "background"; added: number; dropped: number }];
}

/** Listeners are called at once, and must not throw. */
export type WmsEventEmitter = EventEmitter<WmsEvents>;
