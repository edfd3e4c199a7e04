import express, { type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { TokenCheck } from "../access/tokens.js";
import { DEFAULT_LIMITS, type Limits } from "../domain/limits.js";
import type { Wms } from "../lifecycle/context.js";
import type { ServeSpan } from "../tracing/requests.js";
import type { PageCaller } from "./admin/pageCaller.js";
import { admission } from "./admission.js";
import { docsPages } from "./docs.js";
import { Draining } from "./draining.js";
import { type EventsOptions, eventRoutes } from "./events.js";
import { type Observer, observeExchanges } from "./exchange.js";
import { traceExchanges } from "./exchangeSpans.js";
import { handOutRoutes } from "./handOuts.js";
import { answerError, refusePath } from "./lastResort.js";
import { type MetricsPage, mountMetrics } from "./metricsPage.js";
import { mountRoutes } from "./mount.js";
import { type EmbeddedMqs, mqsRoutes } from "./mqs.js";
import { operationRoutes, type Readiness, rootRoute } from "./operations.js";
import type { Allowance } from "./rateLimit.js";
import { reportRoutes } from "./reports.js";
import { scheddRoutes } from "./schedds.js";
import { withDocument } from "./schema.js";
import { taskDirectiveRoutes } from "./taskDirectives.js";
import { taskforceRoutes } from "./taskforces.js";
import { workflowRoutes } from "./workflows.js";

/** What the HTTP door opens to. */
export interface AppOptions {
  wms: Wms;
  readiness(): Promise<Readiness>;
  metrics: MetricsPage;
  events: Pick<EventsOptions, "watchers" | "limits">;
  /** Given when the service is its own MQS. */
  embeddedMqs?: EmbeddedMqs | undefined;
  /** Pages for people, by the path at which they are mounted. */
  pages?: Readonly<Record<string, RequestHandler>>;
  /** Who a bearer token's owner is; undefined: tokens are not checked. */
  checkToken?: TokenCheck | undefined;
  /** Who asks from a page of this service, where tokens are checked; undefined: nobody does. */
  pageCaller?: PageCaller | undefined;
  /** Told of every request that was answered. */
  observers?: readonly Observer[];
  /** Of bodies; the server itself keeps the others. */
  limits?: Limits;
  /** Undefined: a caller may send any number of requests. */
  allowance?: Allowance | undefined;
  /** Proxies that say for whom they ask: how many, or where they are; undefined: nobody is believed. */
  trustedProxies?: number | string[] | undefined;
  /** Traces requests; undefined: they are not. */
  serveSpan?: ServeSpan | undefined;
  draining?: Draining;
  log: Logger;
}

/** The API as an Express app. */
export function createApp(options: AppOptions): Express {
  const { metrics, pages = {}, checkToken, observers = [], log } = options;
  const { limits = DEFAULT_LIMITS, allowance, serveSpan, draining = new Draining() } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", false);
  app.enable("case sensitive routing");
  app.set("trust proxy", options.trustedProxies ?? false);
  app.use(observeExchanges(observers, draining));
  if (serveSpan !== undefined) app.use(traceExchanges(serveSpan));
  const { routes, document } = describedRoutes({ ...options, draining });
  mountRoutes(app, routes, { admit: admission(checkToken, options.pageCaller), limits, allowance, log });
  mountMetrics(app, metrics);
  app.use("/docs", docsPages(document));
  for (const [path, page] of Object.entries(pages)) app.use(path, page);
  app.use(refusePath);
  app.use(answerError(log));
  return app;
}

/** The routes of the API and their description. None is called here. */
export function describedRoutes({
  wms,
  readiness,
  embeddedMqs,
  events,
  draining = new Draining(),
}: Pick<AppOptions, "wms" | "readiness" | "embeddedMqs" | "events" | "draining">): ReturnType<
  typeof withDocument
> {
  // In the order of how often they are called: Express tries one after the other.
  return withDocument([
    ...taskforceRoutes(wms),
    ...handOutRoutes(wms),
    ...reportRoutes(wms),
    ...workflowRoutes(wms),
    ...taskDirectiveRoutes(wms),
    ...eventRoutes(wms, { ...events, draining }),
    ...scheddRoutes(wms),
    rootRoute,
    ...operationRoutes(readiness),
    ...(embeddedMqs === undefined ? [] : mqsRoutes(embeddedMqs)),
  ]);
}
