import { z } from "zod";
import { type MqProfile, mqProfileSchema } from "../../domain/mqProfile.js";
import { notFound } from "../../domain/wmsError.js";
import { type Route, route } from "../http/route.js";

/** What users ask an MQS for; there is one when the service brings its own. */
export interface PublicMqProfileSource {
  /** @returns null when the workflow has no queues, or is unknown */
  publicProfiles(workflowId: string): Promise<MqProfile[] | null>;
}

/** The part of an MQS that users call. */
export const mqsRoutes = (mqs: PublicMqProfileSource): Route[] => [
  route({
    method: "get",
    path: "/v1/mqs/workflows/{workflow_id}/mq-profiles/public",
    tag: "mqs",
    roles: ["user"],
    description: "The queues of a workflow that the user's own programs write to or read from.",
    responses: {
      200: {
        description: "The public queues.",
        schema: z.strictObject({ mqprofiles: z.array(mqProfileSchema) }),
      },
    },
    errors: [404],
    async handle({ params: { workflow_id } }) {
      const mqprofiles = await mqs.publicProfiles(workflow_id);
      if (mqprofiles === null) throw notFound(`no message queues found for workflow: ${workflow_id}`);
      return JSON.stringify({ mqprofiles });
    },
  }),
];
