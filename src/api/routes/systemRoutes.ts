import { z } from "zod";
import { auditEntrySchema, MAX_AUDIT_ENTRIES } from "../../domain/audit.js";
import { systemSchema } from "../../domain/system.js";
import type { Wms } from "../../lifecycle/context.js";
import { hideDetails } from "../../views/system/hideDetails.js";
import { readSystem } from "../../views/system/readSystem.js";
import { type Route, route } from "../http/route.js";
import { limitParameter } from "./limitParameter.js";

/** Routes about the service itself. */
export const systemRoutes = (wms: Wms): Route[] => [
  route({
    method: "get",
    path: "/v1/system",
    tag: "operations",
    roles: ["user", "operator", "viewer"],
    isExtension: true,
    description:
      "Returns the state of the service itself: its processes, Redis, the services that it calls, and its queues.",
    responses: { 200: { description: "The state of the service.", schema: systemSchema } },
    async handle({ seesOperatorDetails }) {
      const system = await readSystem(wms);
      return JSON.stringify(seesOperatorDetails ? system : hideDetails(system));
    },
  }),
  route({
    method: "get",
    path: "/v1/system/audit",
    tag: "operations",
    roles: ["operator", "viewer"],
    isExtension: true,
    description: `Returns the last acts of operators on the dashboard and the page, newest first. Redis keeps ${MAX_AUDIT_ENTRIES}.`,
    query: z.object({ limit: limitParameter(MAX_AUDIT_ENTRIES) }),
    responses: {
      200: {
        description: "The acts of operators.",
        schema: z.strictObject({ entries: z.array(auditEntrySchema) }),
      },
    },
    handle: async ({ query: { limit } }) => JSON.stringify({ entries: await wms.store.audit.readNewest(limit) }),
  }),
];
