import { z } from "zod";
import { projectedTaskforceSchema, taskforceSchema } from "../../domain/taskforce.js";
import type { Wms } from "../../lifecycle/context.js";
import { readEntity } from "../../views/query/readEntities.js";
import { type Route, route } from "../http/route.js";
import { queryRoute } from "./queryRoute.js";

/** Routes about taskforces. */
export const taskforceRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/taskforces/{taskforce_uuid}",
    tag: "taskforces",
    roles: ["user", "system-tms", "viewer"],
    description: "Returns one taskforce.",
    responses: { 200: { description: "The taskforce.", schema: taskforceSchema } },
    errors: [404],
    handle: ({ params }) => readEntity(wms, "taskforce", params.taskforce_uuid),
  }),
  queryRoute(wms, {
    kind: "taskforce",
    plural: "taskforces",
    roles: ["user", "system-tms", "viewer"],
    schema: z.union([taskforceSchema, projectedTaskforceSchema]),
  }),
];
