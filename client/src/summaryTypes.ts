import type { components } from "./schema.js";

/** The progress of a workflow. Times are epoch seconds, durations seconds. */
export type Summary = components["schemas"]["WorkflowSummary"];
/** The same sums for one of its tasks. */
export type TaskSummary = Summary["tasks"][number];
/** A failed attempt to change a phase. */
export type FailedAttempt = Summary["failed_attempts"][number];
/** A phase of a taskforce. */
export type Phase = keyof Summary["phases"];
/** Numbers of taskforces by phase, without the phases that have none. */
export type ByPhase = Summary["taskforces_by_phase"];
