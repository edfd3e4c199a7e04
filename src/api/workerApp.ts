import express, { type Express } from "express";
import type { Logger } from "pino";
import { admission } from "./admission.js";
import { answerError, refusePath } from "./app.js";
import { type Observer, observeExchanges } from "./exchange.js";
import { type MetricsPage, mountMetrics } from "./metricsPage.js";
import { mountRoutes } from "./mount.js";
import { operationRoutes, type Readiness } from "./operations.js";

/** What a process without the API shows of itself. */
export interface WorkerAppOptions {
  readiness(): Promise<Readiness>;
  metrics: MetricsPage;
  observers: readonly Observer[];
  log: Logger;
}

/** `/metrics`, `/healthz` and `/readyz` of a process that serves no API. */
export function createWorkerApp({ readiness, metrics, observers, log }: WorkerAppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(observeExchanges(observers));
  mountRoutes(app, operationRoutes(readiness), admission(undefined));
  mountMetrics(app, metrics);
  app.use(refusePath);
  app.use(answerError(log));
  return app;
}
