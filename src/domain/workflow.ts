import { z } from "zod";
import type { WorkflowId } from "./ids.js";
import { epochSeconds, integer, orNull } from "./schemaParts.js";

/** Why a workflow no longer runs. */
export const DEACTIVATIONS = ["ABORTED", "FINISHED"] as const;
/** One of {@link DEACTIVATIONS}. */
export type Deactivation = (typeof DEACTIVATIONS)[number];

const completeSchema = z.strictObject({
  workflow_id: z.string().meta({ description: "Issued when the workflow is created: WF-<hex epoch seconds>-<8 hex>." }),
  timestamp: epochSeconds.meta({ description: "When the workflow was created, in epoch seconds." }),
  priority: integer().meta({ description: "Higher goes first; 50 by default, 100 at most." }),
  deactivated: orNull(
    z.enum(DEACTIVATIONS).meta({ description: "Why the workflow no longer runs." }),
    "Null while the workflow runs.",
  ),
  deactivated_ts: orNull(epochSeconds, "When it was aborted or finished, in epoch seconds; null while it runs."),
});

/** A workflow in JSON. No field is required, because a query's projection may leave out any field. */
export const workflowSchema = completeSchema.partial().meta({
  id: "WorkflowObject",
  description: "One request of a user: tasks that run until it is aborted or finished.",
});

/** A complete workflow. */
export type Workflow = z.infer<typeof completeSchema> & { workflow_id: WorkflowId };
