import { z } from "zod";
import type { TaskforceUuid, TaskId } from "./ids.js";
import { PHASES, type Phase, type Source } from "./phases.js";
import { epochSeconds, integerValue, mapOf, mapValue } from "./schemaParts.js";
import type { CompoundStatuses, TopTaskErrors } from "./taskforce.js";
import { DEACTIVATIONS, type Deactivation } from "./workflow.js";

/** Numbers that are summed over taskforces. */
export interface SummaryTotals {
  n_taskforces: number;
  /** Phases without any are left out. */
  taskforces_by_phase: Partial<Record<Phase, number>>;
  /** Workers of the taskforces that neither end nor have ended. */
  n_workers_requested: number;
  compound_statuses: CompoundStatuses;
  top_task_errors: TopTaskErrors;
}

/** The sums of one task directive. */
export interface TaskSummary extends SummaryTotals {
  task_id: TaskId;
  task_image: string;
}

/** Who is in a phase, and for how long others were. */
export interface PhaseDurationStats {
  /** Taskforces that are in it. */
  n: number;
  /** Epoch seconds since which the first of them is; null when none is. */
  oldest_since: number | null;
  /** The mean of the stays that are over; null when none is. */
  seconds_mean_past: number | null;
}

/** An entry of a taskforce's log that says it did not work. */
export interface FailedAttempt {
  taskforce_uuid: TaskforceUuid;
  schedd: string;
  target_phase: Phase;
  /** Epoch seconds. */
  timestamp: number;
  source_entity: Source;
  context: string;
}

/** Taskforces that wait for the same. */
export interface WaitReason {
  n: number;
  /** Epoch seconds since which the first of them waits. */
  since: number;
  /** Why it did not work the last time; null when it has not been tried. */
  error: string | null;
}

/** Taskforces that wait for one schedd. */
export interface ScheddWaitReason extends WaitReason {
  schedd: string;
}

/** What a workflow's taskforces wait for; `waiting_for` says it in words. */
export interface WaitReasons {
  /** For the MQS. */
  activation: WaitReason | null;
  /** To be handed out. */
  starter: ScheddWaitReason[];
  /** For an operator; `failures` is the highest number of failed submissions. */
  dead: (ScheddWaitReason & { failures: number })[];
  /** To have their HTCondor clusters removed. */
  stopper: ScheddWaitReason[];
  /** Statuses of the workers of submitted taskforces, and their numbers. */
  workers: Record<string, number>;
}

/** A workflow at a glance. Times are epoch seconds. */
export interface WorkflowSummary extends SummaryTotals {
  /** One for each task directive, in their order. */
  tasks: TaskSummary[];
  /** Phases that no taskforce was ever in are left out. */
  phases: Partial<Record<Phase, PhaseDurationStats>>;
  /** The newest log entry, or report of statuses; null when there is no taskforce. */
  last_change: number | null;
  n_failed_attempts: number;
  /** The newest {@link MAX_SHOWN_FAILED_ATTEMPTS}, newest first. */
  failed_attempts: FailedAttempt[];
  waits: WaitReasons;
  updated: number;
}

/** What a caller sees of a workflow's summary. */
export interface SummaryResponse extends Omit<WorkflowSummary, "waits" | "phases"> {
  workflow_id: string;
  deactivated: Deactivation | null;
  deactivated_ts: number | null;
  phases: Partial<Record<Phase, PhaseDurationStats & { seconds_longest: number }>>;
  waiting_for: string | null;
}

/** Failed attempts of a summary. */
export const MAX_SHOWN_FAILED_ATTEMPTS = 20;

const count = (description: string) => z.int().meta({ description });
const phaseMap = <S extends z.ZodType>(value: S, description: string) =>
  z
    .strictObject(Object.fromEntries(PHASES.map((phase) => [phase, value])))
    .partial()
    .meta({ description });

const totalsParts = {
  n_taskforces: count("Taskforces."),
  taskforces_by_phase: phaseMap(z.int(), "Taskforces by phase; phases without any are left out."),
  n_workers_requested: count("Workers of the taskforces that neither end nor have ended."),
  compound_statuses: mapOf(mapValue(integerValue), {
    description: "Workers by HTCondor status and pilot status, of all taskforces.",
  }),
  top_task_errors: mapOf(integerValue, { description: "Errors and their counts, of all taskforces." }),
};

const phaseDurationsSchema = z.strictObject({
  n: count("Taskforces that are in it."),
  oldest_since: z.union([epochSeconds, z.null()]).meta({ description: "Since when the first of them is." }),
  seconds_longest: z.number().meta({ description: "How long that one is; 0 when none is." }),
  seconds_mean_past: z
    .union([z.number(), z.null()])
    .meta({ description: "The mean of the stays that are over; null when none is." }),
});

const failedAttemptSchema = z.strictObject({
  taskforce_uuid: z.string(),
  schedd: z.string(),
  target_phase: z.enum(PHASES).meta({ description: "The phase that was not reached." }),
  timestamp: epochSeconds,
  source_entity: z.string().meta({ description: "Who or what tried." }),
  context: z.string().meta({ description: "Why it did not work; a long text is shortened." }),
});

const tasks = z
  .array(z.strictObject({ task_id: z.string(), task_image: z.string(), ...totalsParts }))
  .meta({ description: "The same for each task directive, in their order." });
const last_change = z
  .union([epochSeconds, z.null()])
  .meta({ description: "When a phase, the log or the statuses of a taskforce changed last." });
const n_failed_attempts = count("Entries in the taskforces' logs that tell of a failure.");

/** Task directives with which an event still tells of each. */
const MAX_TASKS_IN_EVENT = 50;

/** What an event tells of a summary, on the wire: what may be long is read where it is wanted. */
export const summaryEventDataSchema = z.strictObject({
  ...totalsParts,
  tasks: tasks.optional().meta({
    description: `The same for each task directive, unless there are more than ${MAX_TASKS_IN_EVENT}.`,
  }),
  last_change,
  n_failed_attempts,
  updated: epochSeconds.meta({ description: "As of when all this is." }),
});

/** What an event tells of a summary. */
export function toSummaryEventData(summary: WorkflowSummary): z.input<typeof summaryEventDataSchema> {
  const { phases: _, failed_attempts: __, waits: ___, tasks, ...eventData } = summary;
  return tasks.length > MAX_TASKS_IN_EVENT ? eventData : { ...eventData, tasks };
}

/** A {@link SummaryResponse} on the wire. */
export const summarySchema = z
  .strictObject({
    workflow_id: z.string(),
    deactivated: z.union([z.enum(DEACTIVATIONS), z.null()]),
    deactivated_ts: z.union([epochSeconds, z.null()]),
    ...totalsParts,
    tasks,
    phases: phaseMap(phaseDurationsSchema, "Time in each phase; phases that no taskforce was ever in are left out."),
    last_change,
    n_failed_attempts,
    failed_attempts: z
      .array(failedAttemptSchema)
      .meta({ description: `The newest of them, newest first; ${MAX_SHOWN_FAILED_ATTEMPTS} at most.` }),
    waiting_for: z.union([z.string(), z.null()]).meta({
      description: "What the workflow waits for, in one sentence; null when it just runs or has ended.",
    }),
    updated: epochSeconds.meta({ description: "As of when all this is." }),
  })
  .meta({ id: "WorkflowSummary", description: "A workflow at a glance: its taskforces summed up." });
