import express, { type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import { z } from "zod";
import { DEFAULT_HTTP_LIMITS, type HttpLimits } from "../domain/httpLimits.js";
import { memoizeAsync } from "../domain/memoizeAsync.js";
import type { Wms } from "../lifecycle/context.js";
import type { EmbeddedMqs } from "../mqs/embeddedMqs.js";
import type { StartServerSpan } from "../tracing/serverSpans.js";
import { setBasePath } from "./http/basePath.js";
import { type OwnAddresses, rejectForeignPages } from "./http/foreignPages.js";
import { type ApiAuthentication, mountRoutes } from "./http/mountRoutes.js";
import type { RateLimiter } from "./http/rateLimit.js";
import { DrainController, type RequestObserver, traceRequests, trackRequests } from "./http/requestContext.js";
import { createErrorHandler, rejectUnknownPath } from "./http/responses.js";
import { type Route, route } from "./http/route.js";
import type { OpenApiDocument } from "./openapi/document.js";
import { annotationRoutes } from "./routes/annotationRoutes.js";
import { diagnosisRoutes } from "./routes/diagnosisRoutes.js";
import { docsPages } from "./routes/docsPages.js";
import { type EventRouteOptions, eventRoutes } from "./routes/eventRoutes.js";
import { handOutRoutes } from "./routes/handOutRoutes.js";
import { locationRoutes } from "./routes/locationRoutes.js";
import { exceptMetrics, type MetricsEndpoint, mountMetrics } from "./routes/metricsEndpoint.js";
import { mqsRoutes } from "./routes/mqsRoutes.js";
import { operationRoutes, type Readiness, rootRoute } from "./routes/operationRoutes.js";
import { queueRoutes } from "./routes/queueRoutes.js";
import { reportRoutes } from "./routes/reportRoutes.js";
import { scheddRoutes } from "./routes/scheddRoutes.js";
import { strayClusterRoutes } from "./routes/strayClusterRoutes.js";
import { systemRoutes } from "./routes/systemRoutes.js";
import { taskDirectiveRoutes } from "./routes/taskDirectiveRoutes.js";
import { taskforceRoutes } from "./routes/taskforceRoutes.js";
import { webhookRoutes } from "./routes/webhookRoutes.js";
import { workflowListRoute } from "./routes/workflowListRoute.js";
import { workflowRoutes } from "./routes/workflowRoutes.js";

/** What the API is made of. */
export interface AppOptions {
  wms: Wms;
  authentication: ApiAuthentication;
  /** Without token checks, requests of other sites' pages and for other hosts are rejected. */
  ownAddresses: OwnAddresses;
  /** Path of the service behind a reverse proxy, without a slash at the end; undefined: it has none. */
  basePath?: string;
  readiness(): Promise<Readiness>;
  metrics: MetricsEndpoint;
  events: Pick<EventRouteOptions, "watchers" | "limits">;
  /** Set when the service is its own MQS. */
  embeddedMqs?: Pick<EmbeddedMqs, "publicProfiles"> | undefined;
  /** HTML pages, by the path at which they are mounted. */
  pages?: Readonly<Record<string, RequestHandler>>;
  /** Called with every finished request. */
  observers?: readonly RequestObserver[];
  /** Limits of bodies; the HTTP server enforces the others. */
  limits?: HttpLimits;
  /** Undefined: requests are not limited. */
  rateLimiter?: RateLimiter | undefined;
  /** Proxies whose `X-Forwarded-For` is trusted: their number or their networks; undefined: none. */
  trustedProxies?: number | string[] | undefined;
  /** Undefined: requests are not traced. */
  startServerSpan?: StartServerSpan | undefined;
  draining?: DrainController;
  log: Logger;
}

/** Creates the API as an Express app. */
export function createApp(options: AppOptions): Express {
  const { metrics, pages = {}, observers = [], limits = DEFAULT_HTTP_LIMITS, startServerSpan, log } = options;
  const { draining = new DrainController(), basePath = "" } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", false);
  app.enable("case sensitive routing");
  app.set("trust proxy", options.trustedProxies ?? false);
  setBasePath(app, basePath);
  app.use(trackRequests(observers, draining));
  if (startServerSpan !== undefined) app.use(traceRequests(startServerSpan));
  const guard = rejectForeignPages(options.ownAddresses);
  if (options.authentication.kind === "open") app.use(exceptMetrics(guard));
  const { routes, document } = describeRoutes({ ...options, draining });
  mountRoutes(app, routes, { ...options, earlyIds: options.wms.store.earlyIds, limits });
  mountMetrics(app, metrics, guard);
  app.use("/docs", docsPages(document));
  for (const [path, page] of Object.entries(pages)) app.use(path, page);
  app.use(rejectUnknownPath);
  app.use(createErrorHandler(log));
  return app;
}

/**
 * Returns the routes of the API and their OpenAPI document. The document is built on first use, because its library
 * would slow down the start.
 */
export function describeRoutes({
  wms,
  readiness,
  embeddedMqs,
  events,
  basePath = "",
  draining = new DrainController(),
}: Pick<AppOptions, "wms" | "readiness" | "embeddedMqs" | "events" | "basePath" | "draining">): {
  routes: Route[];
  document(): Promise<OpenApiDocument>;
} {
  // The most frequent routes come first, because Express tries the routes in order.
  const routes: Route[] = [
    ...taskforceRoutes(wms),
    ...handOutRoutes(wms),
    ...reportRoutes(wms),
    ...workflowRoutes(wms),
    workflowListRoute(wms),
    ...annotationRoutes(wms),
    ...taskDirectiveRoutes(wms),
    ...eventRoutes(wms, { ...events, draining }),
    ...scheddRoutes(wms),
    ...locationRoutes(wms),
    ...queueRoutes(wms),
    ...diagnosisRoutes(wms),
    ...strayClusterRoutes(wms),
    ...webhookRoutes(wms),
    ...systemRoutes(wms),
    rootRoute,
    ...operationRoutes(readiness),
    ...(embeddedMqs === undefined ? [] : mqsRoutes(embeddedMqs)),
    route({
      method: "get",
      path: "/v1/schema/openapi",
      tag: "openapi",
      roles: ["user", "system-tms", "viewer"],
      description: "Returns the OpenAPI 3.1 document of the API.",
      responses: { 200: { description: "The OpenAPI document.", schema: z.looseObject({}) } },
      handle: () => text(),
    }),
  ];
  const document = memoizeAsync(async () =>
    (await import("./openapi/document.js")).buildOpenApiDocument(routes, basePath),
  );
  const text = memoizeAsync(async () => JSON.stringify(await document()));
  return { routes, document };
}
