import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Logger } from "pino";
import { asHttpError, HttpError, sendError } from "./httpErrors.js";
import { exchangeOf } from "./requestContext.js";

/** Answers what nothing before it served. */
export const refusePath: RequestHandler = ({ path }) => {
  throw new HttpError(404, `path not found: ${path}`);
};

/** Answers every error, and logs those that are no client's. Express knows an error handler by its four parameters. */
export const answerError =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, request, response, _next) => {
    const told = asHttpError(error);
    const about = { request: exchangeOf(response).id, method: request.method, path: request.path };
    if (told.status === 500) log.error({ err: error, ...about }, "a request failed");
    else if (told.status > 500) log.debug({ err: error, ...about }, "a request could not be served");
    if (response.headersSent) response.destroy();
    else sendError(response, told);
  };
