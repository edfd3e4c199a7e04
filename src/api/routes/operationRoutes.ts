import { z } from "zod";
import { orNull } from "../../domain/schemaParts.js";
import { unavailable } from "../../domain/wmsError.js";
import { type Route, route } from "../http/route.js";

const statusSchema = z.strictObject({ status: z.string() });

const workersSchema = z
  .strictObject({
    status: z.enum(["ok", "none", "unknown"]),
    count: orNull(z.int(), "Live processes with workers; null when they could not be counted."),
  })
  .meta({ description: "Workers do the background work. A process is ready without any." });

/** The check of the workers. */
export type WorkersCheck = z.infer<typeof workersSchema>;

const readinessSchema = z.strictObject({
  status: z.string(),
  checks: z.strictObject({
    redis: z.strictObject({
      status: z.string(),
      seconds: z.number().meta({ description: "Response time of Redis." }),
    }),
    layout: z.strictObject({ status: z.string(), version: z.int(), partitions: z.int() }),
    workers: workersSchema,
    draining: z.boolean(),
  }),
});

/** Whether the service can serve requests: the results of its checks, or the reason why not. */
export type Readiness =
  | { ready: true; checks: z.infer<typeof readinessSchema>["checks"] }
  | { ready: false; reason: string };

/** The root of the API, an empty object. */
export const rootRoute: Route = route({
  method: "get",
  path: "/v1/",
  roles: ["user", "viewer"],
  description: "Returns an empty object. Clients test their access with it.",
  responses: { 200: { description: "An empty object.", schema: z.strictObject({}) } },
  handle: async () => "{}",
});

/** Health checks for operators. */
export const operationRoutes = (checkReadiness: () => Promise<Readiness>): Route[] => [
  route({
    method: "get",
    path: "/healthz",
    tag: "operations",
    roles: "anyone",
    description: "Whether the process is alive.",
    responses: { 200: { description: "The process is alive.", schema: statusSchema } },
    handle: async () => JSON.stringify({ status: "alive" }),
  }),
  route({
    method: "get",
    path: "/readyz",
    tag: "operations",
    roles: "anyone",
    description:
      "Whether the service can serve requests. 503 while Redis is unreachable or refuses writes, while its data has another " +
      "layout, and while the service is draining.",
    responses: { 200: { description: "The service is ready. Lists the checks.", schema: readinessSchema } },
    async handle() {
      const readiness = await checkReadiness();
      if (!readiness.ready) throw unavailable(`not ready: ${readiness.reason}`);
      return JSON.stringify({ status: "ready", checks: readiness.checks });
    },
  }),
];
