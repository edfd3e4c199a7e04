import type { components } from "../../../client/src/schema.js";

/*
 * What the page reads from the API, as the API's own document has it. Times are epoch seconds, durations seconds.
 */
type Schemas = components["schemas"];

/** Every phase of a taskforce, in the order of its life. */
export const PHASE_ORDER = [
  "pre-mq-activation",
  "pre-launch",
  "pending-starter",
  "condor-submit",
  "pending-stopper",
  "condor-rm",
  "condor-complete",
] as const satisfies Phase[];
/** Where a taskforce stands. */
export type Phase = Taskforce["phase"];
/** Numbers of taskforces; phases without any are left out. */
export type PhaseCounts = Summary["taskforces_by_phase"];

// Only a projection that its request names leaves fields out.
export type Workflow = Required<Schemas["WorkflowObject"]>;
export type TaskDirective = Required<Schemas["TaskDirectiveObject"]>;
export type Taskforce = Omit<Required<Schemas["TaskforceObject"]>, "phase_change_log"> & {
  phase_change_log: PhaseChange[];
};
export type Deactivation = NonNullable<Workflow["deactivated"]>;
/** One attempt to change a taskforce's phase. */
export type PhaseChange = { target_phase: Phase } & Pick<
  Required<Schemas["TaskforceObject"]>["phase_change_log"][number],
  "timestamp" | "was_successful"
>;
/** HTCondor status → pilot status → number of workers. */
export type CompoundStatuses = Summary["compound_statuses"];
/** Error text → count. */
export type ErrorCounts = Summary["top_task_errors"];

export type Summary = Schemas["WorkflowSummary"];
export type TaskSummary = Summary["tasks"][number];
/** What is summed over a task's taskforces, or over a whole workflow's. */
export type TaskforceSums = Omit<TaskSummary, "task_id" | "task_image">;
export type FailedAttempt = Summary["failed_attempts"][number];

/** A queue; what is in it only where one schedd was asked for. */
export type QueueState = Schemas["QueueState"] & Partial<Schemas["QueueContents"]>;
export type Schedd = Omit<Schemas["ScheddState"], "starter" | "stopper"> & {
  starter: QueueState;
  stopper: QueueState;
};

/** A message queue that the user's own programs write to or read from. */
export interface PublicQueue {
  mqid: string;
  alias: string;
}

/** What the streams tell, by the name of the event. */
export interface StreamEvents {
  phase: Schemas["PhaseEvent"];
  summary: Schemas["SummaryEvent"];
  deactivated: Schemas["DeactivatedEvent"];
  created: Schemas["CreatedEvent"];
}
