import { z } from "zod";
import type { OnResponseEnd } from "../../domain/repeatableRequest.js";
import { taskDirectiveSchema } from "../../domain/taskDirective.js";
import { taskforceSchema } from "../../domain/taskforce.js";
import { type Wms, withRequestLog } from "../../lifecycle/context.js";
import { type HandOut, handOutStarter, handOutStopper } from "../../lifecycle/handOut.js";
import { recordPoll } from "../../lifecycle/polls.js";
import { type Route, route } from "../http/route.js";

const scheddQuery = z.object({
  schedd: z.string().min(1).meta({ description: "The HTCondor access point that the TMS serves." }),
  collector: z
    .string()
    .optional()
    .meta({ deprecated: true, description: "Deprecated, ignored.", param: { deprecated: true } }),
});

const emptyHandOutSchema = z.strictObject({}).meta({ description: "No taskforce is waiting." });
const openProfileSchema = z.looseObject({}).meta({ description: "A queue, as the message queue service returned it." });
const starterParts = { taskforce: taskforceSchema, task_directive: taskDirectiveSchema };

/** Existing clients expect at least one profile in the list, so a task without queues is a separate alternative. */
const starterHandOutSchema = z.union([
  z.strictObject({
    ...starterParts,
    mqprofiles: z.array(openProfileSchema).min(1).meta({ description: "All queues of the task." }),
  }),
  z.strictObject({
    ...starterParts,
    mqprofiles: z.array(openProfileSchema).max(0).meta({ description: "The task has no queues." }),
  }),
  emptyHandOutSchema,
]);

function toResponse(handOut: HandOut | null, onEnd: OnResponseEnd): string {
  if (handOut === null) return "{}";
  onEnd((isDelivered) => isDelivered || void handOut.release());
  return handOut.text;
}

/** Routes by which a TMS leases its next taskforce. */
export const handOutRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/tms/pending-starter/taskforces",
    getHasSideEffects: true,
    tag: "tms - internal",
    roles: ["user", "system-tms"],
    description: "Leases the next taskforce to submit to HTCondor. The lease ends with a report or after a time limit.",
    query: scheddQuery,
    loggedQuery: ["schedd"],
    responses: {
      200: {
        description: "A taskforce with its task directive and queues, or an empty object.",
        schema: starterHandOutSchema,
      },
    },
    errors: [502],
    handle: async ({ query, caller, log, onEnd }) => {
      recordPoll(wms, query.schedd);
      return toResponse(await handOutStarter(withRequestLog(wms, log), query.schedd, caller.subject), onEnd);
    },
  }),
  route({
    method: "get",
    path: "/v1/tms/pending-stopper/taskforces",
    getHasSideEffects: true,
    tag: "tms - internal",
    roles: ["user", "system-tms"],
    description:
      "Leases the next taskforce to remove from HTCondor. The lease ends with a report or after a time limit.",
    query: scheddQuery,
    loggedQuery: ["schedd"],
    responses: {
      200: {
        description: "A taskforce, or an empty object.",
        schema: z.union([taskforceSchema, emptyHandOutSchema]),
      },
    },
    handle: async ({ query, caller, onEnd }) => {
      recordPoll(wms, query.schedd);
      return toResponse(await handOutStopper(wms, query.schedd, caller.subject), onEnd);
    },
  }),
];
