import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Express, Request, RequestHandler } from "express";
import { isLoopback } from "../../domain/loopback.js";
import { sha256 } from "../../domain/sha256.js";
import { WmsError } from "../../domain/wmsError.js";
import { rejectMethod } from "../http/mountRoutes.js";
import { requestContextOf } from "../http/requestContext.js";

/** The metrics for Prometheus. */
export interface MetricsEndpoint {
  contentType: string;
  render(): Promise<string>;
  /** The bearer token that a scraper must send; `undefined` allows only requests from this machine. */
  token: string | undefined;
}

const METRICS_PATH = "/metrics";

/**
 * Adds the metrics to an app, at `/metrics`.
 *
 * @param guard rejects requests of foreign pages; used without a token, because no page knows the token
 */
export function mountMetrics(
  app: Express,
  { contentType, render, token }: MetricsEndpoint,
  guard: RequestHandler,
): void {
  const expected = token === undefined ? undefined : sha256(`Bearer ${token}`);
  if (token === undefined) app.all(METRICS_PATH, guard);
  app.get(METRICS_PATH, async (request, response) => {
    requestContextOf(response).route = METRICS_PATH;
    requireAccess(request, expected);
    const body = Buffer.from(await render());
    response.writeHead(200, { "content-type": contentType, "content-length": body.length });
    response.end(body);
  });
  app.all(METRICS_PATH, rejectMethod("GET, HEAD"));
}

/** The metrics have a guard of their own, because they may need a token although the API does not. */
export const exceptMetrics =
  (guard: RequestHandler): RequestHandler =>
  (request, response, next) =>
    request.path === METRICS_PATH ? next() : guard(request, response, next);

/** @throws WmsError for a request that may not read the metrics */
function requireAccess({ socket, headers }: Request, expectedDigest: Buffer | undefined): void {
  if (expectedDigest === undefined) {
    if (!isLocalRequest(socket.remoteAddress, headers))
      throw new WmsError(
        "forbidden",
        "the metrics can be read from this machine only; elsewhere they need METRICS_TOKEN",
      );
    return;
  }
  // The name of the scheme is case-insensitive.
  const given = (headers.authorization ?? "").replace(/^bearer /i, "Bearer ");
  if (!timingSafeEqual(sha256(given), expectedDigest))
    throw new WmsError("unauthenticated", "the metrics need the bearer token of METRICS_TOKEN");
}

/** Headers that a proxy adds. With a proxy on this machine, requests of any client come from localhost. */
const FORWARDING_HEADERS = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** Whether a request comes from this machine without a proxy. */
export function isLocalRequest(remoteAddress: string | undefined, headers: IncomingHttpHeaders): boolean {
  // A socket for both families shows an IPv4 address as ::ffff:127.0.0.1.
  const address = (remoteAddress ?? "").replace(/^::ffff:/, "");
  return isLoopback(address) && FORWARDING_HEADERS.every((name) => headers[name] === undefined);
}
