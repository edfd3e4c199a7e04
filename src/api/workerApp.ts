import express, { type Express } from "express";
import type { AppOptions } from "./app.js";
import { mountRoutes } from "./http/mountRoutes.js";
import { trackRequests } from "./http/requestContext.js";
import { createErrorHandler, rejectUnknownPath } from "./http/responses.js";
import { mountMetrics } from "./routes/metricsEndpoint.js";
import { operationRoutes } from "./routes/operationRoutes.js";

/** Creates the app of a process without the API: `/metrics`, `/healthz` and `/readyz`. */
export function createWorkerApp({
  readiness,
  metrics,
  observers,
  limits,
  draining,
  log,
}: Required<Pick<AppOptions, "readiness" | "metrics" | "observers" | "limits" | "draining" | "log">>): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(trackRequests(observers, draining));
  mountRoutes(app, operationRoutes(readiness), { authentication: { kind: "open" }, limits, log });
  mountMetrics(app, metrics);
  app.use(rejectUnknownPath);
  app.use(createErrorHandler(log));
  return app;
}
