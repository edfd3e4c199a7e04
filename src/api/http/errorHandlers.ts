import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";
import { HttpError, sendError, toHttpError } from "./httpErrors.js";
import { requestContextOf } from "./requestContext.js";

/** Answers what nothing before it served. */
export const rejectUnknownPath: RequestHandler = ({ path }) => {
  throw new HttpError(404, `path not found: ${path}`);
};

/** Answers every error, and logs those that are no client's. Express knows an error handler by its four parameters. */
export const createErrorHandler =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const httpError = toHttpError(error);
    const logFields = { request: requestContextOf(response).id, method: request.method, path: request.path };
    if (httpError.status === 500) log.error({ err: error, ...logFields }, "a request failed");
    else if (httpError.status > 500) log.debug({ err: error, ...logFields }, "a request could not be served");
    if (response.headersSent) response.destroy();
    else sendError(response, httpError);
  };
