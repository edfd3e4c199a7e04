import { z } from "zod";
import type { Role } from "../../domain/caller.js";
import { statusesSchema } from "../../domain/requestSchemas.js";
import { integer, uniqueArray } from "../../domain/schemaParts.js";
import { submitReportSchema, taskforceSchema } from "../../domain/taskforce.js";
import { type Wms, withRequestLog } from "../../lifecycle/context.js";
import { reportStatuses } from "../../lifecycle/reportStatuses.js";
import {
  reportCompleted,
  reportRemoved,
  reportRemoveFailed,
  reportSubmit,
  reportSubmitFailed,
} from "../../lifecycle/tmsReports.js";
import { type Route, route, type Tag } from "../http/route.js";
import { validate } from "../http/validation.js";

/** What the reports on one taskforce have in common. */
const REPORT_ROUTE = {
  method: "post",
  tag: "tms - internal" satisfies Tag,
  roles: ["system-tms"] satisfies Role[],
  responses: {
    200: {
      description: "The report is recorded, now or when it first came.",
      schema: z.strictObject({
        taskforce_uuid: z.string().meta({ description: "The taskforce that the report is about." }),
      }),
    },
  },
  errors: [404],
} as const;

const failureSchema = z.strictObject({
  error: z.string().meta({ description: "Why it failed; unknown unless told." }).optional(),
});

const completionSchema = z.strictObject({
  condor_complete_ts: integer().meta({ description: "When the HTCondor cluster ended, in epoch seconds." }),
});

const recordedResponse = (taskforce_uuid: string): string => JSON.stringify({ taskforce_uuid });

/** Routes by which a TMS reports what it did, or what HTCondor told it. All may be repeated. */
export const reportRoutes = (wms: Wms): Route[] => [
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-submit/taskforces/{taskforce_uuid}",
    description:
      "A taskforce was submitted to HTCondor. Of the body, cluster_id, n_workers, submit_dict and job_event_log_fpath must be there and count; other fields are ignored.",
    body: { schema: taskforceSchema, required: true },
    async handle({ params: { taskforce_uuid }, body, log }) {
      await reportSubmit(withRequestLog(wms, log), taskforce_uuid, validate(submitReportSchema, body));
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-submit/taskforces/{taskforce_uuid}/failed",
    description: "A taskforce could not be submitted to HTCondor.",
    body: { schema: failureSchema, required: false },
    async handle({ params: { taskforce_uuid }, body, log }) {
      await reportSubmitFailed(withRequestLog(wms, log), taskforce_uuid, body.error ?? "unknown");
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-rm/taskforces/{taskforce_uuid}",
    description: "A taskforce was removed from HTCondor.",
    async handle({ params: { taskforce_uuid }, log }) {
      await reportRemoved(withRequestLog(wms, log), taskforce_uuid);
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-rm/taskforces/{taskforce_uuid}/failed",
    description: "A taskforce could not be removed from HTCondor.",
    body: { schema: failureSchema, required: false },
    async handle({ params: { taskforce_uuid }, body, log }) {
      await reportRemoveFailed(withRequestLog(wms, log), taskforce_uuid, body.error ?? "unknown");
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-complete/taskforces/{taskforce_uuid}",
    description: "The HTCondor cluster of a taskforce ended.",
    body: { schema: completionSchema, required: true },
    async handle({ params: { taskforce_uuid }, body, log }) {
      await reportCompleted(withRequestLog(wms, log), taskforce_uuid, body.condor_complete_ts);
      return recordedResponse(taskforce_uuid);
    },
  }),
  statusesRoute(wms),
];

const statusResultParts = {
  uuid: z.string().meta({ description: "The taskforce." }),
  status: z.string().meta({ description: "updated or failed." }),
};

const statusesRoute = (wms: Wms): Route =>
  route({
    method: "post",
    path: "/v1/tms/statuses/taskforces",
    tag: REPORT_ROUTE.tag,
    roles: REPORT_ROUTE.roles,
    description: "Replaces what is known of the workers of many taskforces. One of the two maps must be there.",
    body: { schema: statusesSchema, required: true },
    responses: {
      200: {
        description: "All were updated.",
        schema: z.strictObject({ results: uniqueArray(z.strictObject(statusResultParts), { min: 1 }) }),
      },
      207: {
        description: "Some were not; failures come first.",
        schema: z.strictObject({
          results: uniqueArray(
            z.strictObject({
              ...statusResultParts,
              error: z.string().meta({ description: "Why it failed." }).optional(),
            }),
            { min: 1 },
          ),
        }),
      },
    },
    async handle({ body }) {
      const results = await reportStatuses(wms, body);
      const failed = results.some(({ status }) => status === "failed");
      return { status: failed ? 207 : 200, text: JSON.stringify({ results }) };
    },
  });
