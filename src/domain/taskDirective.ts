import { z } from "zod";
import type { TaskId, WorkflowId } from "./ids.js";
import { epochSeconds, mapOf, textValue, uniqueArray } from "./schemaParts.js";

const environment = (description: string) => mapOf(textValue, { description });

/** The fields of a task directive that a user's request and the stored directive share. */
export const taskDirectiveParts = {
  cluster_locations: uniqueArray(z.string(), { min: 1, description: "Names of the HTCondor pools to run on." }),
  task_image: z.string().meta({
    description: "Container image that runs for each event. An unpacked Apptainer directory starts fastest.",
  }),
  task_args: z.string().meta({ description: "Arguments for the task image." }),
  task_env: environment("Environment of the task container."),
  init_image: z
    .string()
    .meta({ description: "Container image that runs once on each worker, before the first event." }),
  init_args: z.string().meta({ description: "Arguments for the init image." }),
  init_env: environment("Environment of the init container."),
};

const completeSchema = z.strictObject({
  task_id: z.string().meta({ description: "TK-<workflow id without WF->-<8 hex>." }),
  workflow_id: z.string().meta({ description: "The workflow it belongs to." }),
  ...taskDirectiveParts,
  timestamp: epochSeconds.meta({ description: "When the directive was created, in epoch seconds." }),
  input_queues: uniqueArray(z.string(), { description: "Ids of the message queues with the events." }),
  output_queues: uniqueArray(z.string(), { description: "Ids of the message queues for the results." }),
});

/** A task directive in JSON. No field is required, because a query's projection may leave out any field. */
export const taskDirectiveSchema = completeSchema
  .partial()
  .meta({ id: "TaskDirectiveObject", description: "What one task of a workflow runs. It never changes." });

/** A projected task directive. A dotted name below a list of texts selects nothing and leaves an empty list. */
export const projectedTaskDirectiveSchema = z
  .strictObject({ ...taskDirectiveSchema.shape, cluster_locations: z.array(z.string()) })
  .partial()
  .meta({ id: "ProjectedTaskDirective", description: "Parts of a task directive that a projection named." });

/** A complete task directive. Its queues are in the order of the request's aliases. */
export type TaskDirective = z.infer<typeof completeSchema> & { task_id: TaskId; workflow_id: WorkflowId };
