import { z } from "zod";
import { embeddedProfileSchema } from "../../domain/mqProfile.js";
import { notFound } from "../../domain/wmsError.js";
import type { EmbeddedMqs } from "../../mqs/embeddedMqs.js";
import { type Route, route } from "../http/route.js";

/** Routes of the embedded MQS for users. */
export const mqsRoutes = (mqs: Pick<EmbeddedMqs, "publicProfiles">): Route[] => [
  route({
    method: "get",
    path: "/v1/mqs/workflows/{workflow_id}/mq-profiles/public",
    tag: "mqs",
    roles: ["user", "viewer"],
    description: "Lists the public queues of a workflow, which programs of the user write to or read from.",
    responses: {
      200: {
        description: "The public queues.",
        schema: z.strictObject({ mqprofiles: z.array(embeddedProfileSchema) }),
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
