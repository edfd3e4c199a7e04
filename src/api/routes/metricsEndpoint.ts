import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { BlockList, isIP } from "node:net";
import type { Express, Request } from "express";
import { WmsError } from "../../domain/wmsError.js";
import { exchangeOf } from "../http/requestContext.js";
import { refuseMethod } from "../http/mountRoutes.js";

/** What Prometheus reads. */
export interface MetricsPage {
  contentType: string;
  text(): Promise<string>;
  /** The bearer token that a scraper must send; undefined: only programs on this machine may read. */
  token: string | undefined;
}

const PATH = "/metrics";

/** Puts the metrics into an app, at `/metrics`. */
export function mountMetrics(app: Express, { contentType, text, token }: MetricsPage): void {
  const expected = token === undefined ? undefined : digest(`Bearer ${token}`);
  app.get(PATH, async (request, response) => {
    exchangeOf(response).route = PATH;
    if (expected === undefined) admitThisMachine(request);
    else admitToken(request.headers, expected);
    const body = Buffer.from(await text());
    response.writeHead(200, { "content-type": contentType, "content-length": body.length });
    response.end(body);
  });
  app.all(PATH, refuseMethod(["GET, HEAD"]));
}

/** Digests are equally long, as a comparison in constant time needs it. */
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function admitToken({ authorization = "" }: IncomingHttpHeaders, expected: Buffer): void {
  // The scheme's name counts in any case.
  const given = authorization.replace(/^bearer /i, "Bearer ");
  if (!timingSafeEqual(digest(given), expected))
    throw new WmsError("unauthenticated", "the metrics need the bearer token of METRICS_TOKEN");
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** What a proxy adds: behind one on this machine, the whole world comes from here. */
const FORWARDED = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/** Whether a request was sent by a program on this machine, as far as can be seen. */
export function isFromHere(remoteAddress: string | undefined, headers: IncomingHttpHeaders): boolean {
  // A socket for both families shows an IPv4 address as ::ffff:127.0.0.1.
  const address = (remoteAddress ?? "").replace(/^::ffff:/, "");
  const family = isIP(address);
  if (family === 0 || !LOOPBACK.check(address, family === 6 ? "ipv6" : "ipv4")) return false;
  return FORWARDED.every((name) => headers[name] === undefined);
}

function admitThisMachine({ socket, headers }: Request): void {
  if (!isFromHere(socket.remoteAddress, headers))
    throw new WmsError(
      "forbidden",
      "the metrics can be read from this machine only; elsewhere they need METRICS_TOKEN",
    );
}
