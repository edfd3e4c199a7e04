import express, { type Express } from "express";
import type { AppOptions } from "./app.js";
import { rejectForeignPages } from "./http/foreignPages.js";
import { mountRoutes } from "./http/mountRoutes.js";
import { trackRequests } from "./http/requestContext.js";
import { createErrorHandler, rejectUnknownPath } from "./http/responses.js";
import { exceptMetrics, mountMetrics } from "./routes/metricsEndpoint.js";
import { operationRoutes } from "./routes/operationRoutes.js";

/**
 * Creates the app of a process without the API: `/metrics`, `/healthz` and `/readyz`.
 *
 * @param options.isOpen whether the API has no token checks
 */
export function createWorkerApp({
  isOpen,
  ownAddresses,
  readiness,
  metrics,
  observers,
  limits,
  draining,
  log,
}: Required<
  Pick<AppOptions, "ownAddresses" | "readiness" | "metrics" | "observers" | "limits" | "draining" | "log">
> & { isOpen: boolean }): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(trackRequests(observers, draining));
  const guard = rejectForeignPages(ownAddresses);
  if (isOpen) app.use(exceptMetrics(guard));
  mountRoutes(app, operationRoutes(readiness), { authentication: { kind: "open" }, limits, log });
  mountMetrics(app, metrics, guard);
  app.use(rejectUnknownPath);
  app.use(createErrorHandler(log));
  return app;
}
