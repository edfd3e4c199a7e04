import { z } from "zod";
import { labelsSchema } from "./annotations.js";
import { findingSchema } from "./diagnosis.js";
import { count, epochSeconds, integerValue, mapOf, orNull, phaseMap } from "./schemaParts.js";
import { DEACTIVATIONS } from "./workflow.js";

/** The states by which workflows are listed. */
export const STATE_FILTERS = ["active", "needs-attention", "ended", "aborted", "finished"] as const;
/** One of {@link STATE_FILTERS}. */
export type StateFilter = (typeof STATE_FILTERS)[number];

/** What a list of workflows can be sorted by. Each order begins with the highest, and the newest among equal ones. */
export const LIST_ORDERS = ["created", "change", "severity", "workers"] as const;
/** One of {@link LIST_ORDERS}. */
export type ListOrder = (typeof LIST_ORDERS)[number];

/** The state of a workflow in a list, as page and command line show it. */
export const WORKFLOW_STATES = ["waiting", "running", "completed", "aborted", "finished"] as const;

/** One row of the list of workflows. */
export const workflowDigestSchema = z
  .strictObject({
    workflow_id: z.string(),
    name: orNull(z.string(), "A short name for people; null when it has none."),
    labels: labelsSchema,
    owner: z.union([z.strictObject({ subject: z.string(), name: z.union([z.string(), z.null()]) }), z.null()]).meta({
      description: "Who created it; null if that is not recorded.",
    }),
    created: epochSeconds,
    priority: z.int(),
    deactivated: z.union([z.enum(DEACTIVATIONS), z.null()]),
    deactivated_ts: z.union([epochSeconds, z.null()]),
    state: z.enum(WORKFLOW_STATES).meta({
      description:
        "`waiting`: no worker is running. `completed`: all taskforces have ended, but no one has finished the workflow.",
    }),
    last_change: orNull(epochSeconds, "When a phase, the log or the statuses of a taskforce changed last."),
    task_images: z
      .array(z.string())
      .meta({ description: "The images of its tasks, without repetition; three at most." }),
    n_tasks: count("Task directives."),
    n_taskforces: count("Taskforces."),
    taskforces_by_phase: phaseMap(z.int(), "Taskforces by phase; phases without taskforces are left out."),
    n_workers_requested: count("Workers of the taskforces that are neither ending nor finished."),
    workers: mapOf(integerValue, { description: "Workers by HTCondor status, of all taskforces." }),
    running_workers: z.array(z.int()).meta({
      description:
        "Running workers at equally distant times of its life, for a small chart; empty until they are known.",
    }),
    n_errors: count("Errors of workers, of all taskforces."),
    n_failed_attempts: count("Entries of failed attempts in the taskforces' logs."),
    finding: z.union([findingSchema, z.null()]).meta({
      description: "The first finding of its diagnosis; null when there is none.",
    }),
  })
  .meta({ id: "WorkflowDigest", description: "What a list says about a workflow. The sums may be a second old." });

/** @see workflowDigestSchema */
export type WorkflowDigest = z.infer<typeof workflowDigestSchema>;
