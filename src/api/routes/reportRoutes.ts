import { z } from "zod";
import { statusesSchema } from "../../domain/requestSchemas.js";
import { integer, uniqueArray } from "../../domain/schemaParts.js";
import { submitReportSchema, taskforceSchema } from "../../domain/taskforce.js";
import { type Wms, withRequestLog } from "../../lifecycle/context.js";
import { reportFailureOnce } from "../../lifecycle/repeatableRequests.js";
import { reportStatuses } from "../../lifecycle/reportStatuses.js";
import {
  reportCompleted,
  reportRemoved,
  reportRemoveFailed,
  reportSubmit,
  reportSubmitFailed,
} from "../../lifecycle/tmsReports.js";
import type { EffectGuard } from "../../store/effectGuard.js";
import { type Route, route } from "../http/route.js";
import { validate } from "../http/validateBody.js";
import { stringifyInChunks } from "./jsonChunks.js";

const reportedSchema = z.strictObject({
  taskforce_uuid: z.string().meta({ description: "The reported taskforce." }),
});

const failureSchema = z.strictObject({
  error: z.string().meta({ description: "The cause; `unknown` by default. Stored up to 8 KiB." }).optional(),
});

const completionSchema = z.strictObject({
  condor_complete_ts: integer().meta({ description: "The end of the HTCondor cluster, in epoch seconds." }),
});

const RESPONSES = {
  200: { description: "The report is recorded. A repeated report changes nothing.", schema: reportedSchema },
};

/** Creates the route of a report on one taskforce. @param report `reporter`: the subject of the caller's token */
const reportRoute = <Body extends z.ZodType>(
  wms: Wms,
  path: `/v1/tms/condor-${"submit" | "rm" | "complete"}/taskforces/{taskforce_uuid}`,
  description: string,
  body: { schema: Body; required: boolean } | undefined,
  report: (wms: Wms, uuid: string, body: z.output<Body>, reporter: string) => Promise<void>,
): Route =>
  route({
    method: "post",
    path,
    tag: "tms - internal",
    roles: ["system-tms"],
    description,
    ...(body && { body }),
    responses: RESPONSES,
    errors: [404],
    async handle({ params: { taskforce_uuid }, body, caller, log }) {
      await report(withRequestLog(wms, log), taskforce_uuid, body, caller.subject);
      return JSON.stringify({ taskforce_uuid });
    },
  });

/** Creates the route of a report that an action of the TMS failed. */
const failureRoute = (
  wms: Wms,
  path: `/v1/tms/condor-${"submit" | "rm"}/taskforces/{taskforce_uuid}/failed`,
  description: string,
  report: typeof reportSubmitFailed,
): Route =>
  route({
    method: "post",
    path,
    tag: "tms - internal",
    roles: ["system-tms"],
    description: `${description} Ends only a lease of the same caller.`,
    body: { schema: failureSchema, required: false },
    responses: RESPONSES,
    isRepeatable: true,
    errors: [404, 409, 422],
    async handle({ params: { taskforce_uuid }, body: { error = "unknown" }, caller, log, repeatable }) {
      const own = withRequestLog(wms, log);
      const record = (guard?: EffectGuard) => report(own, taskforce_uuid, { error, reporter: caller.subject, guard });
      const { replayed } = await reportFailureOnce(own, taskforce_uuid, record, repeatable);
      return { text: JSON.stringify({ taskforce_uuid }), replayed };
    },
  });

/** Routes by which a TMS reports its actions and HTCondor's statuses. All are idempotent. */
export const reportRoutes = (wms: Wms): Route[] => [
  reportRoute(
    wms,
    "/v1/tms/condor-submit/taskforces/{taskforce_uuid}",
    "Reports that a taskforce was submitted to HTCondor. The body must have cluster_id, n_workers, submit_dict and " +
      "job_event_log_fpath; other fields are ignored. A large submit_dict or path is cut.",
    { schema: taskforceSchema, required: true },
    (wms, uuid, body, reporter) => reportSubmit(wms, uuid, validate(submitReportSchema, body), reporter),
  ),
  failureRoute(
    wms,
    "/v1/tms/condor-submit/taskforces/{taskforce_uuid}/failed",
    "Reports that the submission of a taskforce to HTCondor failed.",
    reportSubmitFailed,
  ),
  reportRoute(
    wms,
    "/v1/tms/condor-rm/taskforces/{taskforce_uuid}",
    "Reports that a taskforce was removed from HTCondor.",
    undefined,
    (wms, uuid, _body, reporter) => reportRemoved(wms, uuid, reporter),
  ),
  failureRoute(
    wms,
    "/v1/tms/condor-rm/taskforces/{taskforce_uuid}/failed",
    "Reports that the removal of a taskforce from HTCondor failed.",
    reportRemoveFailed,
  ),
  reportRoute(
    wms,
    "/v1/tms/condor-complete/taskforces/{taskforce_uuid}",
    "Reports that the HTCondor cluster of a taskforce ended.",
    { schema: completionSchema, required: true },
    (wms, uuid, { condor_complete_ts }, reporter) => reportCompleted(wms, uuid, condor_complete_ts, reporter),
  ),
  statusesRoute(wms),
];

const statusResultSchema = z.strictObject({
  uuid: z.string().meta({ description: "The taskforce." }),
  status: z.string().meta({ description: "`updated` or `failed`." }),
});

const statusesRoute = (wms: Wms): Route =>
  route({
    method: "post",
    path: "/v1/tms/statuses/taskforces",
    tag: "tms - internal",
    roles: ["system-tms"],
    description:
      "Replaces the worker statuses or errors of many taskforces. At least one of the two maps is required. Large maps are cut.",
    body: { schema: statusesSchema, required: true },
    responses: {
      200: {
        description: "All taskforces were updated.",
        schema: z.strictObject({ results: uniqueArray(statusResultSchema, { min: 1 }) }),
      },
      207: {
        description: "Some taskforces were not updated. Failures come first.",
        schema: z.strictObject({
          results: uniqueArray(
            statusResultSchema.extend({
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
      return { status: failed ? 207 : 200, text: ['{"results":[', ...(await stringifyInChunks(results)), "]}"] };
    },
  });
