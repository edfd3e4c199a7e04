import express, { type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { TokenCheck } from "../auth/tokenVerifier.js";
import { DEFAULT_LIMITS, type Limits } from "../domain/httpLimits.js";
import type { Wms } from "../lifecycle/context.js";
import type { ServeSpan } from "../tracing/serverSpans.js";
import type { PageCaller } from "./operatorAuth/browserAuthenticator.js";
import { admission } from "./http/authorize.js";
import { docsPages } from "./routes/docsPages.js";
import { Draining } from "./http/drainController.js";
import { type EventsOptions, eventRoutes } from "./routes/eventRoutes.js";
import { type Observer, observeExchanges } from "./http/requestContext.js";
import { traceExchanges } from "./http/requestSpans.js";
import { handOutRoutes } from "./routes/handOutRoutes.js";
import { answerError, refusePath } from "./http/errorHandlers.js";
import { type MetricsPage, mountMetrics } from "./routes/metricsEndpoint.js";
import { mountRoutes } from "./http/mountRoutes.js";
import { type EmbeddedMqs, mqsRoutes } from "./routes/mqsRoutes.js";
import { operationRoutes, type Readiness, rootRoute } from "./routes/operationRoutes.js";
import type { Allowance } from "./http/rateLimit.js";
import { reportRoutes } from "./routes/reportRoutes.js";
import { scheddRoutes } from "./routes/scheddRoutes.js";
import { withDocument } from "./routes/openapiRoute.js";
import { taskDirectiveRoutes } from "./routes/taskDirectiveRoutes.js";
import { taskforceRoutes } from "./routes/taskforceRoutes.js";
import { workflowRoutes } from "./routes/workflowRoutes.js";

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
