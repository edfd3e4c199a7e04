import { z } from "zod";
import { scheddContentsSchema, scheddSchema } from "../../domain/schedd.js";
import { MAX_UNKNOWN_SCHEDDS, unknownPollSchema } from "../../domain/unknownPoll.js";
import type { Wms } from "../../lifecycle/context.js";
import { listSchedds, listUnknownPolls, readSchedd } from "../../views/schedds/readSchedds.js";
import { type Route, route } from "../http/route.js";

/** Routes about HTCondor access points. */
export const scheddRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/schedds",
    tag: "schedds",
    roles: ["user", "system-tms", "operator", "viewer"],
    isExtension: true,
    description: "Lists all access points with the state of their queues and the last poll of their TMS.",
    responses: {
      200: {
        description: "The access points, by name.",
        schema: z.strictObject({
          schedds: z.array(scheddSchema),
          unknown_polls: z.array(unknownPollSchema).meta({
            description: `Polls of the last day for other names, newest first; ${MAX_UNKNOWN_SCHEDDS} at most.`,
          }),
        }),
      },
    },
    async handle() {
      const schedds = await listSchedds(wms);
      return JSON.stringify({ schedds, unknown_polls: await listUnknownPolls(wms) });
    },
  }),
  route({
    method: "get",
    path: "/v1/schedds/{schedd}",
    tag: "schedds",
    roles: ["user", "system-tms", "operator", "viewer"],
    isExtension: true,
    description:
      "Returns one access point, including its leased taskforces, its dead letters, and the next taskforces in its queues.",
    responses: { 200: { description: "The access point.", schema: scheddContentsSchema } },
    errors: [404],
    handle: async ({ params }) => JSON.stringify(await readSchedd(wms, params.schedd)),
  }),
];
