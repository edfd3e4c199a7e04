import { z } from "zod";
import { locationSchema } from "../../domain/clusters.js";
import type { Wms } from "../../lifecycle/context.js";
import { listLocations } from "../../views/schedds/listLocations.js";
import { type Route, route } from "../http/route.js";

/** The route about cluster locations. */
export const locationRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/locations",
    tag: "schedds",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description:
      "Lists the cluster locations that a request may name, with their access points and whether a TMS polls there.",
    responses: {
      200: {
        description: "The cluster locations, by name.",
        schema: z.strictObject({ locations: z.array(locationSchema) }),
      },
    },
    handle: async () => JSON.stringify({ locations: await listLocations(wms) }),
  }),
];
