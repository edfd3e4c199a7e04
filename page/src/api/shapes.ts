/** What the page reads from the API, as JSON. Times are epoch seconds, durations seconds. */

/** Every phase of a taskforce, in the order of its life. */
export const PHASES = [
  "pre-mq-activation",
  "pre-launch",
  "pending-starter",
  "condor-submit",
  "pending-stopper",
  "condor-rm",
  "condor-complete",
] as const;
/** Where a taskforce stands. */
export type Phase = (typeof PHASES)[number];
/** Numbers of taskforces; phases without any are left out. */
export type ByPhase = Partial<Record<Phase, number>>;

export type Deactivation = "ABORTED" | "FINISHED";

export interface Workflow {
  workflow_id: string;
  timestamp: number;
  priority: number;
  deactivated: Deactivation | null;
  deactivated_ts: number | null;
}

export interface TaskDirective {
  task_id: string;
  task_image: string;
  task_args: string;
  cluster_locations: string[];
  input_queues: string[];
  output_queues: string[];
}

/** One attempt to change a taskforce's phase. */
export interface PhaseChange {
  target_phase: Phase;
  timestamp: number;
  was_successful: boolean;
}

/** As much of a taskforce as the timeline shows. */
export interface Taskforce {
  taskforce_uuid: string;
  task_id: string;
  schedd: string;
  phase: Phase;
  n_workers: number | null;
  timestamp: number;
  phase_change_log: PhaseChange[];
}

/** HTCondor status → pilot status → number of workers. */
export type CompoundStatuses = Record<string, Record<string, number>>;
/** Error text → count. */
export type Errors = Record<string, number>;

/** What is summed over a task's taskforces, or over a whole workflow's. */
export interface Sums {
  n_taskforces: number;
  taskforces_by_phase: ByPhase;
  n_workers_requested: number;
  compound_statuses: CompoundStatuses;
  top_task_errors: Errors;
}

export interface TaskSummary extends Sums {
  task_id: string;
  task_image: string;
}

export interface FailedAttempt {
  taskforce_uuid: string;
  schedd?: string;
  target_phase: Phase;
  timestamp: number;
  source_entity: string;
  context: string;
}

/** How long taskforces stay in a phase. */
export interface PhaseStay {
  /** In it now. */
  n: number;
  /** Null when none is. */
  oldest_since: number | null;
  seconds_longest: number;
  /** Null while no stay has ended. */
  seconds_mean_past: number | null;
}

export interface Summary extends Sums {
  workflow_id: string;
  deactivated: Deactivation | null;
  deactivated_ts: number | null;
  tasks: TaskSummary[];
  phases: Partial<Record<Phase, PhaseStay>>;
  last_change: number | null;
  n_failed_attempts: number;
  failed_attempts: FailedAttempt[];
  waiting_for: string | null;
  updated: number;
}

export interface QueueState {
  waiting: number;
  leased: number;
  delayed: number;
  dead: number;
  oldest_waiting_seconds: number;
  /** These three only where one schedd was asked for. */
  dead_letters?: { taskforce_uuid: string; reason: string; timestamp: number }[];
  leases?: { taskforce_uuid: string; since: number }[];
  next?: string[];
}

export interface Schedd {
  schedd: string;
  last_poll: number | null;
  taskforces_by_phase: ByPhase;
  starter: QueueState;
  stopper: QueueState;
}

/** A message queue that the user's own programs write to or read from. */
export interface PublicQueue {
  mqid: string;
  alias: string;
}

/** What the streams tell, by the name of the event. */
export interface StreamEvents {
  phase: {
    workflow_id: string;
    task_id: string;
    taskforce_uuid: string;
    phase: Phase;
    from: Phase | null;
    timestamp: number;
    was_successful: boolean;
    schedd: string;
  };
  summary: Omit<Summary, "failed_attempts">;
  deactivated: { workflow_id: string; deactivated: Deactivation; timestamp: number };
  created: { workflow_id: string; timestamp: number };
}
