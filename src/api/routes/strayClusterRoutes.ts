import { z } from "zod";
import { MAX_STRAY_CLUSTERS, strayClusterSchema } from "../../domain/strayCluster.js";
import { notFound } from "../../domain/wmsError.js";
import type { Wms } from "../../lifecycle/context.js";
import { listStrayClusters } from "../../views/schedds/listStrayClusters.js";
import { type Route, route } from "../http/route.js";
import { limitParameter } from "./limitParameter.js";

const filterSchema = z.object({
  workflow_id: z.string().optional().meta({ description: "Only clusters of this workflow." }),
  schedd: z.string().optional().meta({ description: "Only clusters of this access point." }),
  limit: limitParameter(MAX_STRAY_CLUSTERS),
});

/** Routes about clusters that HTCondor runs although the service rejected their reports. */
export const strayClusterRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/stray-clusters",
    tag: "schedds",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description:
      "Lists HTCondor clusters whose submission reports were rejected: HTCondor runs them, and the service never stops " +
      `them. The newest ${MAX_STRAY_CLUSTERS.toLocaleString("en")} are kept.`,
    query: filterSchema,
    responses: {
      200: {
        description: "The clusters, the newest report first.",
        schema: z.strictObject({ stray_clusters: z.array(strayClusterSchema) }),
      },
    },
    handle: async ({ query }) => JSON.stringify({ stray_clusters: await listStrayClusters(wms, query) }),
  }),
  route({
    method: "delete",
    path: "/v1/stray-clusters/{stray_id}",
    tag: "schedds",
    roles: ["operator"],
    isExtension: true,
    description: "Removes a cluster from the list, for example after a condor_rm. HTCondor is not called.",
    responses: { 200: { description: "The removed entry.", schema: z.strictObject({ id: z.string() }) } },
    errors: [404],
    async handle({ params: { stray_id: id } }) {
      if (!(await wms.store.strayClusters.remove(id))) throw notFound(`no stray cluster found with id: ${id}`);
      return JSON.stringify({ id });
    },
  }),
];
