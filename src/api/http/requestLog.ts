import type { Logger } from "pino";
import { isProbeRequest, type RequestContext, type RequestObserver } from "./requestContext.js";

/** Writes one line for each exchange; for probes at the level debug. */
export const logRequests =
  (log: Logger): RequestObserver =>
  (context) => {
    const level = logLevelOf(context);
    if (!log.isLevelEnabled(level)) return;
    const { id, method, path, route, status, milliseconds, caller, trace } = context;
    log[level](
      {
        request: id,
        method,
        // A path is the client's own text: it is shown where no route says the same in fewer words.
        ...(route === undefined ? { path } : { route }),
        status,
        ms: Math.round(milliseconds * 10) / 10,
        subject: caller?.subject,
        role: caller && [...caller.roles].join(","),
        trace,
      },
      "request",
    );
  };

function logLevelOf(context: RequestContext): "debug" | "error" | "info" {
  if (isProbeRequest(context)) return "debug";
  return context.status >= 500 ? "error" : "info";
}
