import { z } from "zod";
import { unavailable } from "../domain/errors.js";
import type { Draining } from "./draining.js";
import { type Route, route } from "./route.js";

const statusSchema = z.strictObject({ status: z.string() });

/**
 * Routes for whoever runs the service, and the empty answer of the API's root.
 *
 * @param ready whether Redis answers
 */
export const operationRoutes = (ready: () => Promise<boolean>, draining: Draining): Route[] => [
  route({
    method: "get",
    path: "/v1/",
    roles: ["user"],
    description: "Says that the API is here.",
    responses: { 200: { description: "An empty object.", schema: z.strictObject({}) } },
    answer: async () => "{}",
  }),
  route({
    method: "get",
    path: "/healthz",
    tag: "operations",
    roles: "anyone",
    description: "Whether the process is alive.",
    responses: { 200: { description: "It is.", schema: statusSchema } },
    answer: async () => JSON.stringify({ status: "alive" }),
  }),
  route({
    method: "get",
    path: "/readyz",
    tag: "operations",
    roles: "anyone",
    description:
      "Whether requests can be served: 503 while Redis does not answer, and while the process is about to end.",
    responses: { 200: { description: "They can.", schema: statusSchema } },
    async answer() {
      if (draining.begun) throw unavailable("draining: the process is about to end");
      if (!(await ready().catch(() => false))) throw unavailable("Redis does not answer");
      return JSON.stringify({ status: "ready" });
    },
  }),
];
