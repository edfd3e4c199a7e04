import { z } from "zod";
import type { MqProfile } from "../../domain/mqProfile.js";
import type { Wms } from "../../lifecycle/context.js";
import { requireWorkflow } from "../../lifecycle/requireWorkflow.js";
import { type Route, route } from "../http/route.js";

const queueSchema = z
  .strictObject({
    mqid: z.string().meta({ description: "Its id, as in task directives." }),
    alias: z.string().meta({ description: "Its name in the request." }),
    is_public: z.boolean().meta({ description: "Whether programs of the user write to or read from it." }),
  })
  .meta({ id: "WorkflowQueue", description: "A message queue of a workflow." });

/** The route about the message queues of a workflow. Their credentials are only in the public profiles and hand-outs. */
export const queueRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/workflows/{workflow_id}/queues",
    tag: "workflows",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description: "Lists the message queues of a workflow, also internal ones, by alias; none before their activation.",
    responses: {
      200: { description: "The queues.", schema: z.strictObject({ queues: z.array(queueSchema) }) },
    },
    errors: [404],
    async handle({ params }) {
      const { id } = await requireWorkflow(wms, params.workflow_id);
      const profiles = (await wms.store.profiles.fetchAll(id)).map((text) => JSON.parse(text) as MqProfile);
      const queues = profiles
        .map(({ mqid, alias, is_public }) => ({ mqid, alias, is_public: is_public === true }))
        .sort((one, other) => (one.alias < other.alias ? -1 : 1));
      return JSON.stringify({ queues });
    },
  }),
];
