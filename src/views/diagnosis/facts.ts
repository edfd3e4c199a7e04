import type { StrayCluster } from "../../domain/strayCluster.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import type { Deactivation } from "../../domain/workflow.js";

/** The state of taskforces that are diagnosed together: those of a workflow, or a single one. */
export type DiagnosedTaskforces = Pick<WorkflowSummary, "n_taskforces" | "taskforces_by_phase" | "waits">;

/** A pause of a queue. Both are null when another tool than the dashboard paused it. Times are epoch seconds. */
export interface Pause {
  by: string | null;
  since: number | null;
}

/** Leases of the diagnosed taskforces. Times are epoch seconds. */
export interface LeaseFacts {
  n: number;
  oldestSince: number;
  /** When the first of them expires. */
  nextExpiry: number;
}

/** The jobs that are handed out before the first of the diagnosed taskforces. */
export interface JobsAhead {
  n: number;
  /** Whether only the first `n` jobs of the queue were searched, and none is about a diagnosed taskforce. */
  isAtLeast: boolean;
  /** The lowest priority among them. */
  lowestPriority: number | undefined;
  /** Taskforces that were handed out at the schedd in about the last hour. */
  handedOutLastHour: number;
}

/** A queue of a schedd. */
export interface LeasedQueueFacts {
  pause: Pause | undefined;
  leases: LeaseFacts | undefined;
  /** Undefined when a diagnosed taskforce is the next one, and for a stopper queue. */
  ahead?: JobsAhead | undefined;
}

/** A schedd for which taskforces wait. */
export interface ScheddFacts {
  isConfigured: boolean;
  /** Epoch seconds; undefined when no poll is known. */
  lastPoll: number | undefined;
  starter: LeasedQueueFacts;
  stopper: LeasedQueueFacts;
}

/** The background work. */
export interface BackgroundFacts {
  /** Number of live worker processes. */
  workerCount: number;
  /** The paused background queues, by name. */
  pauses: ReadonlyMap<string, Pause>;
  /** Whether the activation of the diagnosed workflow is a dead letter. */
  isActivationDead: boolean;
}

/** What a diagnosis of taskforces is made from. */
export interface DiagnosisFacts {
  nowSeconds: number;
  /** Clusters of the diagnosed taskforces that the service rejected. */
  strayClusters: readonly StrayCluster[];
  deactivated: Deactivation | undefined;
  background: BackgroundFacts;
  /** The facts about a schedd; undefined when they were not read. */
  schedds: ReadonlyMap<string, ScheddFacts>;
}
