import { z } from "zod";
import { unavailable } from "../../domain/wmsError.js";
import { type Route, route } from "../http/route.js";

const statusSchema = z.strictObject({ status: z.string() });

const readinessSchema = z.strictObject({
  status: z.string(),
  checks: z.strictObject({
    redis: z.strictObject({
      status: z.string(),
      seconds: z.number().meta({ description: "How long Redis took to answer." }),
    }),
    layout: z.strictObject({ status: z.string(), version: z.int(), partitions: z.int() }),
    draining: z.boolean(),
  }),
});

/** Whether requests can be served; if so, what was found, else why not. */
export type Readiness =
  | { ready: true; checks: z.infer<typeof readinessSchema>["checks"] }
  | { ready: false; reason: string };

/** The empty answer of the API's root. */
export const rootRoute: Route = route({
  method: "get",
  path: "/v1/",
  roles: ["user"],
  description: "Says that the API is here.",
  responses: { 200: { description: "An empty object.", schema: z.strictObject({}) } },
  handle: async () => "{}",
});

/** Routes for whoever runs the service. */
export const operationRoutes = (checkReadiness: () => Promise<Readiness>): Route[] => [
  route({
    method: "get",
    path: "/healthz",
    tag: "operations",
    roles: "anyone",
    description: "Whether the process is alive.",
    responses: { 200: { description: "It is.", schema: statusSchema } },
    handle: async () => JSON.stringify({ status: "alive" }),
  }),
  route({
    method: "get",
    path: "/readyz",
    tag: "operations",
    roles: "anyone",
    description:
      "Whether requests can be served: 503 while Redis does not answer or takes no writes, while its data is laid out " +
      "in another way, and while the service is draining.",
    responses: { 200: { description: "They can, and what was looked at.", schema: readinessSchema } },
    async handle() {
      const found = await checkReadiness();
      if (!found.ready) throw unavailable(`not ready: ${found.reason}`);
      return JSON.stringify({ status: "ready", checks: found.checks });
    },
  }),
];
