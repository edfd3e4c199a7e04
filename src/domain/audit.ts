import { z } from "zod";
import { epochSeconds, orNull } from "./schemaParts.js";

/** The number of acts that Redis keeps, and the most that one answer holds. */
export const MAX_AUDIT_ENTRIES = 1000;

const entryParts = {
  time: epochSeconds.meta({ description: "The end of the response." }),
  operator: z.string(),
  action: orNull(z.string(), "Such as `retry`, `pause`, `abort`; null: refused before the action was known."),
  queue: orNull(z.string(), "The queue of an action on the dashboard."),
  job: orNull(z.string(), "The job, which is the id of a taskforce or workflow."),
  jobs: orNull(z.int(), "After `retry all`, the number of retried jobs."),
  method: z.string(),
  path: z.string().meta({ description: "The path of the request; it holds the id of a workflow or task." }),
  outcome: z.string().meta({ description: "`done`, `refused`, `failed`, or `unknown` if the connection broke." }),
  status: z.int().meta({ description: "The HTTP status." }),
  refusal: orNull(z.string(), "Why the dashboard refused the action."),
  address: z.string().meta({ description: "The address of the client." }),
  request: z.string().meta({ description: "The `X-Request-Id`, for a search in the logs." }),
};

/** An act of an operator. Long texts are cut. */
export const auditEntrySchema = z
  .strictObject(entryParts)
  .meta({ id: "AuditEntry", description: "An act of an operator. Long texts are cut." });

/** See {@link auditEntrySchema}. */
export type AuditEntry = z.infer<typeof auditEntrySchema>;
