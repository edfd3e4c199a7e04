import type { Logger } from "pino";
import { type Exchange, isProbe, type Observer } from "./requestContext.js";

/** Writes one line for each exchange; for probes at the level debug. */
export const logExchanges =
  (log: Logger): Observer =>
  (exchange) => {
    const level = levelOf(exchange);
    if (!log.isLevelEnabled(level)) return;
    const { id, method, path, route, status, milliseconds, caller, trace } = exchange;
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

function levelOf(exchange: Exchange): "debug" | "error" | "info" {
  if (isProbe(exchange)) return "debug";
  return exchange.status >= 500 ? "error" : "info";
}
