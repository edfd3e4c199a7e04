import { z } from "zod";
import { type Finding, findingSchema } from "./diagnosis.js";
import type { TaskforceUuid, TaskId } from "./ids.js";
import { PHASES, type Phase } from "./phases.js";
import { count, epochSeconds, integerValue, mapOf, mapValue, orNull, phaseMap } from "./schemaParts.js";
import type { CompoundStatuses, TopTaskErrors } from "./taskforce.js";
import { DEACTIVATIONS, type Deactivation } from "./workflow.js";

/** Sums over taskforces; {@link summarySchema} describes the fields. */
export interface SummaryTotals {
  n_taskforces: number;
  taskforces_by_phase: Partial<Record<Phase, number>>;
  n_workers_requested: number;
  compound_statuses: CompoundStatuses;
  top_task_errors: TopTaskErrors;
}

/** The sums of one task directive. */
export interface TaskSummary extends SummaryTotals {
  task_id: TaskId;
  task_image: string;
}

/** The current taskforces of a phase, and the past stays in it. */
export type PhaseDurationStats = Omit<z.infer<typeof phaseDurationsSchema>, "seconds_longest">;

/** An unsuccessful entry of a taskforce's log. */
export type FailedAttempt = z.infer<typeof failedAttemptSchema>;

/** Taskforces with the same reason to wait. */
export interface WaitReason {
  n: number;
  /** Epoch seconds at which the longest wait began. */
  since: number;
  /** Error of the last attempt; null before the first one. */
  error: string | null;
}

/** Taskforces of one schedd with the same reason to wait. */
export interface ScheddWaitReason extends WaitReason {
  schedd: string;
}

/**
 * Taskforces of one queue of a schedd. The numbers of expired leases are absent in a summary of an earlier release: then
 * they count as 0 and null.
 */
export interface QueueWaitReason extends ScheddWaitReason {
  /** Leases that expired since the last report or retry of their taskforce. */
  expired_leases?: number;
  /** Epoch seconds of the newest of them. */
  last_expired?: number | null;
  /** Taskforces with such a lease. */
  unreported?: number;
}

/** Why a workflow's taskforces wait. The diagnosis is made from it. */
export interface WaitReasons {
  /** For the activation by the MQS. */
  activation: WaitReason | null;
  /** To be handed out. */
  starter: QueueWaitReason[];
  /** Dead letters; `failures` is the highest number of failed submissions. */
  dead: (ScheddWaitReason & { failures: number })[];
  /** For the removal of their HTCondor clusters. */
  stopper: QueueWaitReason[];
  /** Number of taskforces in pending-stopper without a cluster: they stay there. */
  never_started: number;
  /** Number of workers of submitted taskforces by status. */
  workers: Record<string, number>;
  /** The newest dead letters, newest first; absent when there is none. */
  newest_dead?: NewestDeadLetter[];
}

/** A dead letter, as notifications name it. */
export interface NewestDeadLetter {
  taskforce_uuid: TaskforceUuid;
  schedd: string;
  /** Epoch seconds of the last failure. */
  since: number;
  error: string | null;
}

/** Summary of a workflow. Times are epoch seconds. */
export interface WorkflowSummary extends SummaryTotals {
  /** One for each task directive, in their order. */
  tasks: TaskSummary[];
  phases: Partial<Record<Phase, PhaseDurationStats>>;
  /** The newest log entry, or report of statuses; null when there is no taskforce. */
  last_change: number | null;
  n_failed_attempts: number;
  /** The newest {@link MAX_SHOWN_FAILED_ATTEMPTS}, newest first. */
  failed_attempts: FailedAttempt[];
  waits: WaitReasons;
  /** What webhooks were called for at this summary; absent while no webhook matches the workflow. */
  notified?: { deactivated: boolean };
  /** Running workers at equally distant times of its life; absent unless the summary was saved. */
  running_workers?: readonly number[];
  updated: number;
}

/** Whether the summary has taskforces, and each of them is removed or completed. */
export function areAllEnded({ n_taskforces, taskforces_by_phase: byPhase }: SummaryTotals): boolean {
  const ended = ENDED_PHASES.reduce((sum, phase) => sum + (byPhase[phase] ?? 0), 0);
  return n_taskforces > 0 && ended === n_taskforces;
}

/** The phases of a taskforce that has ended. */
const ENDED_PHASES = ["condor-rm", "condor-complete"] as const satisfies readonly Phase[];

/** The number of workers that HTCondor runs. */
export const countRunningWorkers = ({ compound_statuses }: Pick<SummaryTotals, "compound_statuses">): number =>
  Object.values(compound_statuses[RUNNING] ?? {}).reduce((sum, n) => sum + n, 0);

/** HTCondor's status of a running worker. */
const RUNNING = "RUNNING";

/** The parts of a summary that only the service itself reads. */
type InternalPart = "waits" | "notified" | "running_workers";

/** Leaves out the parts of a summary that only the service itself reads. */
export function withoutInternalParts(summary: WorkflowSummary): Omit<WorkflowSummary, InternalPart> {
  const { waits: _, notified: __, running_workers: ___, ...shown } = summary;
  return shown;
}

/** A workflow's summary in a response. */
export interface SummaryResponse extends Omit<WorkflowSummary, InternalPart | "phases"> {
  workflow_id: string;
  deactivated: Deactivation | null;
  deactivated_ts: number | null;
  phases: Partial<Record<Phase, z.infer<typeof phaseDurationsSchema>>>;
  n_never_started: number;
  waiting_for: string | null;
  findings: readonly Finding[];
}

/** Maximum number of failed attempts in a summary. */
export const MAX_SHOWN_FAILED_ATTEMPTS = 20;

const totalsParts = {
  n_taskforces: count("Taskforces."),
  taskforces_by_phase: phaseMap(z.int(), "Taskforces by phase; phases without taskforces are left out."),
  n_workers_requested: count("Workers of the taskforces that are neither ending nor finished."),
  compound_statuses: mapOf(mapValue(integerValue), {
    description: "Workers by HTCondor status and pilot status, of all taskforces.",
  }),
  top_task_errors: mapOf(integerValue, { description: "Errors and their counts, of all taskforces." }),
};

const phaseDurationsSchema = z.strictObject({
  n: count("Current taskforces of the phase."),
  oldest_since: orNull(epochSeconds, "When the first of them entered it; null when there is none."),
  seconds_longest: z.number().meta({ description: "How long that one has been in it; 0 when there is none." }),
  seconds_mean_past: orNull(z.number(), "Mean duration of past stays; null when there is none."),
});

const failedAttemptSchema = z.strictObject({
  taskforce_uuid: z.string(),
  schedd: z.string(),
  target_phase: z.enum(PHASES).meta({ description: "The phase that was not reached." }),
  timestamp: epochSeconds,
  source_entity: z.string().meta({ description: "Who or what made the attempt." }),
  context: z.string().meta({ description: "Why it failed; a long text is shortened." }),
});

const tasks = z
  .array(z.strictObject({ task_id: z.string(), task_image: z.string(), ...totalsParts }))
  .meta({ description: "The same for each task directive, in their order." });
const last_change = orNull(epochSeconds, "When a phase, the log or the statuses of a taskforce changed last.");
const n_failed_attempts = count("Entries of failed attempts in the taskforces' logs.");

/** An event of a workflow with more task directives has no list of them. */
const MAX_TASKS_IN_EVENT = 50;

/** The summary in an event, without its long parts. */
export const summaryEventDataSchema = z.strictObject({
  ...totalsParts,
  tasks: tasks.optional().meta({
    description: `The same for each task directive, unless there are more than ${MAX_TASKS_IN_EVENT}.`,
  }),
  last_change,
  n_failed_attempts,
  updated: epochSeconds.meta({ description: "When the summary was computed." }),
});

/** Leaves out the parts of a summary that an event does not contain. */
export function toSummaryEventData(summary: WorkflowSummary): z.input<typeof summaryEventDataSchema> {
  const { phases: _, failed_attempts: __, tasks, ...eventData } = withoutInternalParts(summary);
  return tasks.length > MAX_TASKS_IN_EVENT ? eventData : { ...eventData, tasks };
}

/** The schema of a {@link SummaryResponse}. */
export const summarySchema = z
  .strictObject({
    workflow_id: z.string(),
    deactivated: z.union([z.enum(DEACTIVATIONS), z.null()]),
    deactivated_ts: z.union([epochSeconds, z.null()]),
    ...totalsParts,
    tasks,
    phases: phaseMap(phaseDurationsSchema, "Time in each phase; phases that no taskforce entered are left out."),
    last_change,
    n_failed_attempts,
    failed_attempts: z
      .array(failedAttemptSchema)
      .meta({ description: `The newest of them, newest first; ${MAX_SHOWN_FAILED_ATTEMPTS} at most.` }),
    n_never_started: count("Taskforces in pending-stopper without a cluster: the workflow ended before they started."),
    waiting_for: orNull(z.string(), "The most important finding, in one sentence; null when there is none."),
    findings: z.array(findingSchema).meta({ description: "Those of the diagnosis of the workflow." }),
    updated: epochSeconds.meta({ description: "When the summary was computed." }),
  })
  .meta({ id: "WorkflowSummary", description: "Summary of a workflow: sums over its taskforces." });
