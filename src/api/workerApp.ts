import express, { type Express } from "express";
import type { Logger } from "pino";
import type { Limits } from "../domain/httpLimits.js";
import { admission } from "./http/authorize.js";
import type { Draining } from "./http/drainController.js";
import { type Observer, observeExchanges } from "./http/requestContext.js";
import { answerError, refusePath } from "./http/errorHandlers.js";
import { type MetricsPage, mountMetrics } from "./routes/metricsEndpoint.js";
import { mountRoutes } from "./http/mountRoutes.js";
import { operationRoutes, type Readiness } from "./routes/operationRoutes.js";

/** What a process without the API shows of itself. */
export interface WorkerAppOptions {
  readiness(): Promise<Readiness>;
  metrics: MetricsPage;
  observers: readonly Observer[];
  limits: Limits;
  draining: Draining;
  log: Logger;
}

/** `/metrics`, `/healthz` and `/readyz` of a process that serves no API. */
export function createWorkerApp({
  readiness,
  metrics,
  observers,
  limits,
  draining,
  log,
}: WorkerAppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(observeExchanges(observers, draining));
  mountRoutes(app, operationRoutes(readiness), {
    admit: admission(undefined),
    limits,
    allowance: undefined,
    log,
  });
  mountMetrics(app, metrics);
  app.use(refusePath);
  app.use(answerError(log));
  return app;
}
