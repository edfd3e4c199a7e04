import { z } from "zod";
import { integer, type MapValue, mapOf, uniqueArray } from "./schemaParts.js";
import { taskDirectiveParts } from "./taskDirective.js";
import {
  compoundStatusesValue,
  nWorkersSchema,
  pilotConfigSchema,
  topTaskErrorsValue,
  workerConfigSchema,
} from "./taskforce.js";

const aliasesSchema = (description: string) => uniqueArray(z.string(), { description });

const { cluster_locations, task_image, task_args, ...optionalParts } = taskDirectiveParts;

const taskRequestSchema = z.strictObject({
  cluster_locations,
  task_image,
  task_args,
  ...z.object(optionalParts).partial().shape,
  input_queue_aliases: aliasesSchema("Names, within this request, of the queues with the events."),
  output_queue_aliases: aliasesSchema("Names, within this request, of the queues for the results."),
  pilot_config: pilotConfigSchema.optional(),
  worker_config: workerConfigSchema,
  n_workers: nWorkersSchema.optional(),
});

/** The body of `POST /v1/workflows`. */
export const createWorkflowSchema = z.strictObject({
  tasks: uniqueArray(taskRequestSchema, { min: 1, description: "What to run." }),
  public_queue_aliases: aliasesSchema("Aliases of the queues that the user's own programs will write to or read from."),
  priority: integer().meta({ description: "Higher goes first; 50 by default, 100 at most." }).optional(),
});
/** @see createWorkflowSchema */
export type CreateWorkflowRequest = z.infer<typeof createWorkflowSchema>;
/** One entry of a request's `tasks`. */
export type TaskRequest = CreateWorkflowRequest["tasks"][number];

/** The body of `POST /v1/task-directives/{task_id}/actions/add-workers`. */
export const addWorkersSchema = z.strictObject({
  cluster_location: z.string().meta({ description: "Name of the HTCondor pool for the new workers." }),
  n_workers: nWorkersSchema,
});
/** @see addWorkersSchema */
export type AddWorkersRequest = z.infer<typeof addWorkersSchema>;

/** The query validates its filter itself. */
const unknownValue: MapValue<unknown> = { accepts: () => true, schema: z.unknown(), json: {} };
/** The body of the three query routes. */
export const findSchema = z
  .strictObject({
    query: mapOf(unknownValue, { description: "A MongoDB filter; {} matches everything." }),
    projection: uniqueArray(z.string(), {
      min: 1,
      description: "Fields to return; dots reach into objects.",
    }).optional(),
    after: z.string().meta({ description: "The next_after of the previous page." }).optional(),
  })
  .meta({ id: "FindObject", description: "What to search for." });
/** @see findSchema */
export type FindRequest = z.infer<typeof findSchema>;

/** The body of `POST /v1/tms/statuses/taskforces`. At least one of the maps is required. */
export const statusesSchema = z.strictObject({
  top_task_errors_by_taskforce: mapOf(topTaskErrorsValue, {
    min: 1,
    description: "Taskforce uuid → error → count.",
  }).optional(),
  compound_statuses_by_taskforce: mapOf(compoundStatusesValue, {
    min: 1,
    description: "Taskforce uuid → HTCondor status → pilot status → number of workers.",
  }).optional(),
});
/** @see statusesSchema */
export type StatusesRequest = z.infer<typeof statusesSchema>;

/** The result for one taskforce of a statuses request. */
export interface StatusResult {
  uuid: string;
  status: "updated" | "failed";
  error?: string;
}
