import type { components } from "./schema.js";

/** How a workflow does. Times are epoch seconds, durations seconds. */
export type Summary = components["schemas"]["WorkflowSummary"];
/** The same sums for one of its tasks. */
export type TaskSummary = Summary["tasks"][number];
/** An attempt to change a phase that failed. */
export type FailedAttempt = Summary["failed_attempts"][number];
/** A phase of a taskforce. */
export type Phase = keyof Summary["phases"];
/** Taskforces by phase; phases without any are left out. */
export type ByPhase = Summary["taskforces_by_phase"];
