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

/** The common part of the reports on one taskforce. */
const REPORT_ROUTE = {
  method: "post",
  tag: "tms - internal" satisfies Tag,
  roles: ["system-tms"] satisfies Role[],
  responses: {
    200: {
      description: "The report is recorded. A repeated report changes nothing.",
      schema: z.strictObject({
        taskforce_uuid: z.string().meta({ description: "The reported taskforce." }),
      }),
    },
  },
  errors: [404],
} as const;

const failureSchema = z.strictObject({
  error: z.string().meta({ description: "The cause; `unknown` by default." }).optional(),
});

const completionSchema = z.strictObject({
  condor_complete_ts: integer().meta({ description: "The end of the HTCondor cluster, in epoch seconds." }),
});

const recordedResponse = (taskforce_uuid: string): string => JSON.stringify({ taskforce_uuid });

/** Routes by which a TMS reports its actions and HTCondor's statuses. All are idempotent. */
export const reportRoutes = (wms: Wms): Route[] => [
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-submit/taskforces/{taskforce_uuid}",
    description:
      "Reports that a taskforce was submitted to HTCondor. The body must have cluster_id, n_workers, submit_dict and " +
      "job_event_log_fpath; other fields are ignored.",
    body: { schema: taskforceSchema, required: true },
    async handle({ params: { taskforce_uuid }, body, log }) {
      await reportSubmit(withRequestLog(wms, log), taskforce_uuid, validate(submitReportSchema, body));
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-submit/taskforces/{taskforce_uuid}/failed",
    description: "Reports that the submission of a taskforce to HTCondor failed.",
    body: { schema: failureSchema, required: false },
    async handle({ params: { taskforce_uuid }, body, log }) {
      await reportSubmitFailed(withRequestLog(wms, log), taskforce_uuid, body.error ?? "unknown");
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-rm/taskforces/{taskforce_uuid}",
    description: "Reports that a taskforce was removed from HTCondor.",
    async handle({ params: { taskforce_uuid }, log }) {
      await reportRemoved(withRequestLog(wms, log), taskforce_uuid);
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-rm/taskforces/{taskforce_uuid}/failed",
    description: "Reports that the removal of a taskforce from HTCondor failed.",
    body: { schema: failureSchema, required: false },
    async handle({ params: { taskforce_uuid }, body, log }) {
      await reportRemoveFailed(withRequestLog(wms, log), taskforce_uuid, body.error ?? "unknown");
      return recordedResponse(taskforce_uuid);
    },
  }),
  route({
    ...REPORT_ROUTE,
    path: "/v1/tms/condor-complete/taskforces/{taskforce_uuid}",
    description: "Reports that the HTCondor cluster of a taskforce ended.",
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
  status: z.string().meta({ description: "`updated` or `failed`." }),
};

const statusesRoute = (wms: Wms): Route =>
  route({
    method: "post",
    path: "/v1/tms/statuses/taskforces",
    tag: REPORT_ROUTE.tag,
    roles: REPORT_ROUTE.roles,
    description: "Replaces the worker statuses or errors of many taskforces. At least one of the two maps is required.",
    body: { schema: statusesSchema, required: true },
    responses: {
      200: {
        description: "All taskforces were updated.",
        schema: z.strictObject({ results: uniqueArray(z.strictObject(statusResultParts), { min: 1 }) }),
      },
      207: {
        description: "Some taskforces were not updated. Failures come first.",
        schema: z.strictObject({
          results: uniqueArray(
            z.strictObject({
              ...statusResultParts,
              error: z.string().meta({ description: "The cause of the failure." }).optional(),
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
