import { z } from "zod";
import { taskDirectiveSchema } from "../../domain/taskDirective.js";
import { taskforceSchema } from "../../domain/taskforce.js";
import { type Wms, withRequestLog } from "../../lifecycle/context.js";
import { handOutStarter, handOutStopper } from "../../lifecycle/handOut.js";
import { recordPoll } from "../../views/schedds/recordPolls.js";
import { type Route, route } from "../http/route.js";

const scheddQuery = z.object({
  schedd: z.string().min(1).meta({ description: "The HTCondor access point that asks." }),
  collector: z
    .string()
    .optional()
    .meta({ deprecated: true, description: "Deprecated, ignored.", param: { deprecated: true } }),
});

const emptyHandOutSchema = z.strictObject({}).meta({ description: "Nothing waits." });
const openProfileSchema = z
  .looseObject({})
  .meta({ description: "A queue, as the message queue service describes it." });
const starterParts = { taskforce: taskforceSchema, task_directive: taskDirectiveSchema };

/** The task without queues is an alternative of its own: clients know a list of one profile at least. */
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

/** Routes by which a TMS asks what to do next. */
export const handOutRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/tms/pending-starter/taskforces",
    getHasSideEffects: true,
    tag: "tms - internal",
    roles: ["user", "system-tms"],
    description:
      "Hands out the next taskforce to submit to HTCondor. Nobody else gets it until it is reported or its lease runs out.",
    query: scheddQuery,
    responses: {
      200: {
        description: "A taskforce with all that it takes to start it, or nothing.",
        schema: starterHandOutSchema,
      },
    },
    errors: [502],
    handle: async ({ query, log }) => {
      recordPoll(wms, query.schedd);
      return (await handOutStarter(withRequestLog(wms, log), query.schedd)) ?? "{}";
    },
  }),
  route({
    method: "get",
    path: "/v1/tms/pending-stopper/taskforces",
    getHasSideEffects: true,
    tag: "tms - internal",
    roles: ["user", "system-tms"],
    description:
      "Hands out the next taskforce to remove from HTCondor. Nobody else gets it until it is reported or its lease runs out.",
    query: scheddQuery,
    responses: {
      200: {
        description: "A taskforce, or nothing.",
        schema: z.union([taskforceSchema, emptyHandOutSchema]),
      },
    },
    handle: async ({ query }) => {
      recordPoll(wms, query.schedd);
      return (await handOutStopper(wms, query.schedd)) ?? "{}";
    },
  }),
];
