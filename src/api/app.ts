import express, { type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import type { TokenVerifier } from "../auth/tokenVerifier.js";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../domain/httpLimits.js";
import type { Wms } from "../lifecycle/context.js";
import type { StartServerSpan } from "../tracing/serverSpans.js";
import type { BrowserAuthenticator } from "./http/authorize.js";
import { createRouteAuthorizer } from "./http/authorize.js";
import { mountRoutes } from "./http/mountRoutes.js";
import type { RateLimiter } from "./http/rateLimit.js";
import { DrainController, type RequestObserver, traceRequests, trackRequests } from "./http/requestContext.js";
import { createErrorHandler, rejectUnknownPath } from "./http/responses.js";
import { docsPages } from "./routes/docsPages.js";
import { type EventRouteOptions, eventRoutes } from "./routes/eventRoutes.js";
import { handOutRoutes } from "./routes/handOutRoutes.js";
import { type MetricsEndpoint, mountMetrics } from "./routes/metricsEndpoint.js";
import { mqsRoutes, type PublicMqProfileSource } from "./routes/mqsRoutes.js";
import { addOpenApiRoute } from "./routes/openapiRoute.js";
import { operationRoutes, type Readiness, rootRoute } from "./routes/operationRoutes.js";
import { reportRoutes } from "./routes/reportRoutes.js";
import { scheddRoutes } from "./routes/scheddRoutes.js";
import { taskDirectiveRoutes } from "./routes/taskDirectiveRoutes.js";
import { taskforceRoutes } from "./routes/taskforceRoutes.js";
import { workflowRoutes } from "./routes/workflowRoutes.js";

/** What the HTTP door opens to. */
export interface AppOptions {
  wms: Wms;
  readiness(): Promise<Readiness>;
  metrics: MetricsEndpoint;
  events: Pick<EventRouteOptions, "watchers" | "limits">;
  /** Given when the service is its own MQS. */
  embeddedMqs?: PublicMqProfileSource | undefined;
  /** Pages for people, by the path at which they are mounted. */
  pages?: Readonly<Record<string, RequestHandler>>;
  /** Who a bearer token's owner is; undefined: tokens are not checked. */
  verifyToken?: TokenVerifier | undefined;
  /** Who asks from a page of this service, where tokens are checked; undefined: nobody does. */
  authenticateBrowser?: BrowserAuthenticator | undefined;
  /** Told of every request that was answered. */
  observers?: readonly RequestObserver[];
  /** Of bodies; the server itself keeps the others. */
  limits?: HttpLimits;
  /** Undefined: a caller may send any number of requests. */
  rateLimiter?: RateLimiter | undefined;
  /** Proxies that say for whom they ask: how many, or where they are; undefined: nobody is believed. */
  trustedProxies?: number | string[] | undefined;
  /** Traces requests; undefined: they are not. */
  startServerSpan?: StartServerSpan | undefined;
  draining?: DrainController;
  log: Logger;
}

/** The API as an Express app. */
export function createApp(options: AppOptions): Express {
  const { metrics, pages = {}, verifyToken, observers = [], log } = options;
  const { limits = DEFAULT_HTTP_LIMITS, rateLimiter, startServerSpan, draining = new DrainController() } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", false);
  app.enable("case sensitive routing");
  app.set("trust proxy", options.trustedProxies ?? false);
  app.use(trackRequests(observers, draining));
  if (startServerSpan !== undefined) app.use(traceRequests(startServerSpan));
  const { routes, document } = describeRoutes({ ...options, draining });
  mountRoutes(app, routes, {
    authorize: createRouteAuthorizer(verifyToken, options.authenticateBrowser),
    limits,
    rateLimiter: rateLimiter,
    log,
  });
  mountMetrics(app, metrics);
  app.use("/docs", docsPages(document));
  for (const [path, page] of Object.entries(pages)) app.use(path, page);
  app.use(rejectUnknownPath);
  app.use(createErrorHandler(log));
  return app;
}

/** The routes of the API and their description. None is called here. */
export function describeRoutes({
  wms,
  readiness,
  embeddedMqs,
  events,
  draining = new DrainController(),
}: Pick<AppOptions, "wms" | "readiness" | "embeddedMqs" | "events" | "draining">): ReturnType<typeof addOpenApiRoute> {
  // In the order of how often they are called: Express tries one after the other.
  return addOpenApiRoute([
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
