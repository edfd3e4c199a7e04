import express, { type Express } from "express";
import type { Logger } from "pino";
import type { HttpLimits } from "../domain/httpLimits.js";
import { createRouteAuthorizer } from "./http/authorize.js";
import { mountRoutes } from "./http/mountRoutes.js";
import { type DrainController, type RequestObserver, trackRequests } from "./http/requestContext.js";
import { createErrorHandler, rejectUnknownPath } from "./http/responses.js";
import { type MetricsEndpoint, mountMetrics } from "./routes/metricsEndpoint.js";
import { operationRoutes, type Readiness } from "./routes/operationRoutes.js";

/** What a worker process serves over HTTP. */
export interface WorkerAppOptions {
  readiness(): Promise<Readiness>;
  metrics: MetricsEndpoint;
  observers: readonly RequestObserver[];
  limits: HttpLimits;
  draining: DrainController;
  log: Logger;
}

/** Creates the app of a process without the API: `/metrics`, `/healthz` and `/readyz`. */
export function createWorkerApp({ readiness, metrics, observers, limits, draining, log }: WorkerAppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(trackRequests(observers, draining));
  mountRoutes(app, operationRoutes(readiness), {
    authorize: createRouteAuthorizer({ kind: "open" }),
    limits,
    rateLimiter: undefined,
    log,
  });
  mountMetrics(app, metrics);
  app.use(rejectUnknownPath);
  app.use(createErrorHandler(log));
  return app;
}
