import express, { type ErrorRequestHandler, type Express, type RequestHandler } from "express";
import type { Logger } from "pino";
import { DEFAULT_LIMITS, type Limits } from "../domain/limits.js";
import type { Wms } from "../lifecycle/context.js";
import { docsPages } from "./docs.js";
import { asHttpError, HttpError, sendError } from "./errors.js";
import { type Observer, observeExchanges } from "./exchange.js";
import { handOutRoutes } from "./handOuts.js";
import { mountRoutes } from "./mount.js";
import { type EmbeddedMqs, mqsRoutes } from "./mqs.js";
import { operationRoutes } from "./operations.js";
import type { Allowance } from "./rateLimit.js";
import { reportRoutes } from "./reports.js";
import { withDocument } from "./schema.js";
import { taskDirectiveRoutes } from "./taskDirectives.js";
import { taskforceRoutes } from "./taskforces.js";
import { workflowRoutes } from "./workflows.js";

/** What the HTTP door opens to. */
export interface AppOptions {
  wms: Wms;
  /** Whether Redis answers; a rejection counts as no. */
  ready(): Promise<boolean>;
  /** Given when the service is its own MQS. */
  embeddedMqs?: EmbeddedMqs | undefined;
  /** Told of every request that was answered. */
  observers?: readonly Observer[];
  /** Of bodies; the server itself keeps the others. */
  limits?: Limits;
  /** Undefined: a caller may send any number of requests. */
  allowance?: Allowance | undefined;
  /** Proxies that say for whom they ask: how many, or where they are; undefined: nobody is believed. */
  trustedProxies?: number | string[] | undefined;
  log: Logger;
}

/** The API as an Express app. */
export function createApp(options: AppOptions): Express {
  const { wms, ready, embeddedMqs, observers = [], limits = DEFAULT_LIMITS, allowance, log } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", false);
  app.enable("case sensitive routing");
  app.set("trust proxy", options.trustedProxies ?? false);
  app.use(observeExchanges(observers));
  // In the order of how often they are called: Express tries one after the other.
  const { routes, document } = withDocument([
    ...taskforceRoutes(wms),
    ...handOutRoutes(wms),
    ...reportRoutes(wms),
    ...workflowRoutes(wms),
    ...taskDirectiveRoutes(wms),
    ...operationRoutes(ready),
    ...(embeddedMqs === undefined ? [] : mqsRoutes(embeddedMqs)),
  ]);
  mountRoutes(app, routes, { limits, allowance });
  app.use("/docs", docsPages(document));
  app.use(refusePath);
  app.use(answerError(log));
  return app;
}

const refusePath: RequestHandler = ({ path }) => {
  throw new HttpError(404, `path not found: ${path}`);
};

/** Express knows an error handler by its four parameters. */
const answerError =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const told = asHttpError(error);
    const { method, path } = request;
    if (told.status === 500) log.error({ err: error, method, path }, "a request failed");
    else if (told.status > 500) log.debug({ err: error, method, path }, "a request could not be served");
    if (response.headersSent) response.destroy();
    else sendError(response, told);
  };
