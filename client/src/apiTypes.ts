import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

/** The document requires no field of an entity, because a projection may omit any. Other responses have all fields. */
type Entity = Schemas["WorkflowObject"] | Schemas["TaskDirectiveObject"] | Schemas["TaskforceObject"];
type IsSameType<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type IsEntity<T> = true extends (Entity extends infer E ? (E extends unknown ? IsSameType<T, E> : never) : never)
  ? true
  : false;

/** A response whose entities have all their fields. */
export type WithAllFields<T> =
  IsEntity<T> extends true
    ? Required<T>
    : T extends readonly (infer Member)[]
      ? WithAllFields<Member>[]
      : T extends object
        ? { [Key in keyof T]: WithAllFields<T[Key]> }
        : T;

/** A user's request: tasks that run until the workflow is aborted or finished. Times are epoch seconds. */
export type Workflow = Required<Schemas["WorkflowObject"]>;
/** The definition of one task of a workflow. It never changes. */
export type TaskDirective = Required<Schemas["TaskDirectiveObject"]>;
/** One HTCondor cluster of workers for a task directive. */
export type Taskforce = Required<Schemas["TaskforceObject"]>;
/** The body of `POST /v1/workflows`. */
export type WorkflowRequest = paths["/v1/workflows"]["post"]["requestBody"]["content"]["application/json"];

/** The progress of a workflow. Times are epoch seconds, durations seconds. */
export type Summary = Schemas["WorkflowSummary"];
/** The same sums for one of its tasks. */
export type TaskSummary = Summary["tasks"][number];
/** A failed attempt to change a phase. */
export type FailedAttempt = Summary["failed_attempts"][number];
/** A reason why something is waiting or needs attention. */
export type Finding = Schemas["Finding"];
/** A row of the list of workflows. Times are epoch seconds. */
export type WorkflowDigest = Schemas["WorkflowDigest"];
/** A phase of a taskforce. */
export type Phase = keyof Summary["phases"];
/** Numbers of taskforces by phase, without the phases that have none. */
export type ByPhase = Summary["taskforces_by_phase"];
/** HTCondor status → pilot status → number of workers. */
export type CompoundStatuses = Summary["compound_statuses"];
