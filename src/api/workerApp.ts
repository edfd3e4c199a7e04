import express, { type Express } from "express";
import type { Logger } from "pino";
import type { Limits } from "../domain/limits.js";
import { admission } from "./admission.js";
import type { Draining } from "./draining.js";
import { type Observer, observeExchanges } from "./exchange.js";
import { answerError, refusePath } from "./lastResort.js";
import { type MetricsPage, mountMetrics } from "./metricsPage.js";
import { mountRoutes } from "./mount.js";
import { operationRoutes, type Readiness } from "./operations.js";

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
