import type { Taskforce, Workflow } from "./entities.js";

/** A phase of a taskforce. */
export type Phase = Taskforce["phase"];
/** Taskforces by phase; phases without any are left out. */
export type ByPhase = { [P in Phase]?: number };

/** What the workers of some taskforces do, all together. */
interface Sums {
  n_taskforces: number;
  taskforces_by_phase: ByPhase;
  /** Of taskforces that have not ended. */
  n_workers_requested: number;
  /** HTCondor status → pilot status → workers. */
  compound_statuses: Record<string, Record<string, number>>;
  /** Error → count. */
  top_task_errors: Record<string, number>;
}

/** The same for one task. */
export interface TaskSummary extends Sums {
  task_id: string;
  task_image: string;
}

/** An attempt to change a phase that failed. */
export interface FailedAttempt {
  taskforce_uuid: string;
  schedd?: string;
  target_phase: string;
  timestamp: number;
  source_entity: string;
  context: string;
}

/** How a workflow does. Times are epoch seconds, durations seconds. */
export interface Summary extends Sums {
  workflow_id: string;
  deactivated: Workflow["deactivated"];
  deactivated_ts: number | null;
  tasks: TaskSummary[];
  phases: {
    [P in Phase]?: {
      n: number;
      oldest_since: number;
      seconds_longest: number;
      seconds_mean_past: number | null;
    };
  };
  last_change: number | null;
  n_failed_attempts: number;
  /** Newest first, at most 20. */
  failed_attempts: FailedAttempt[];
  /** One sentence; null when nothing waits. */
  waiting_for: string | null;
  updated: number;
}
