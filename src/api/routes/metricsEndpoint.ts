import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { Express, Request } from "express";
import { isLoopback } from "../../domain/loopback.js";
import { sha256 } from "../../domain/sha256.js";
import { WmsError } from "../../domain/wmsError.js";
import { rejectMethod } from "../http/mountRoutes.js";
import { requestContextOf } from "../http/requestContext.js";

/** What Prometheus reads. */
export interface MetricsEndpoint {
  contentType: string;
  render(): Promise<string>;
  /** The bearer token that a scraper must send; undefined: only programs on this machine may read. */
  token: string | undefined;
}

const METRICS_PATH = "/metrics";

/** Puts the metrics into an app, at `/metrics`. */
export function mountMetrics(app: Express, { contentType, render, token }: MetricsEndpoint): void {
  const expected = token === undefined ? undefined : sha256(`Bearer ${token}`);
  app.get(METRICS_PATH, async (request, response) => {
    requestContextOf(response).route = METRICS_PATH;
    if (expected === undefined) requireLocalRequest(request);
    else requireMetricsToken(request.headers, expected);
    const body = Buffer.from(await render());
    response.writeHead(200, { "content-type": contentType, "content-length": body.length });
    response.end(body);
  });
  app.all(METRICS_PATH, rejectMethod(["GET, HEAD"]));
}

function requireMetricsToken({ authorization = "" }: IncomingHttpHeaders, expected: Buffer): void {
  // The scheme's name counts in any case.
  const given = authorization.replace(/^bearer /i, "Bearer ");
  if (!timingSafeEqual(sha256(given), expected))
    throw new WmsError("unauthenticated", "the metrics need the bearer token of METRICS_TOKEN");
}

/** What a proxy adds: behind one on this machine, the whole world comes from here. */
const FORWARDING_HEADERS = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** Whether a request was sent by a program on this machine, as far as can be seen. */
export function isLocalRequest(remoteAddress: string | undefined, headers: IncomingHttpHeaders): boolean {
  // A socket for both families shows an IPv4 address as ::ffff:127.0.0.1.
  const address = (remoteAddress ?? "").replace(/^::ffff:/, "");
  return isLoopback(address) && FORWARDING_HEADERS.every((name) => headers[name] === undefined);
}

function requireLocalRequest({ socket, headers }: Request): void {
  if (!isLocalRequest(socket.remoteAddress, headers))
    throw new WmsError(
      "forbidden",
      "the metrics can be read from this machine only; elsewhere they need METRICS_TOKEN",
    );
}
