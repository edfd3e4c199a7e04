import type { IncomingHttpHeaders } from "node:http";

/** Methods of requests that only read. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Who sent a request, by the headers that browsers set and pages can't change. `unknown`: a program, a person who typed
 * the address, or a browser that sends none of these headers.
 */
export type RequestSender = "own page" | "foreign page" | "unknown";

/**
 * Returns the sender of a request.
 *
 * @param publicOrigin the service's origin in browsers; the origin of the request's `Host` is accepted too
 */
export function senderOf(headers: IncomingHttpHeaders, publicOrigin: string | undefined): RequestSender {
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") return "foreign page";
  const isSameOriginFetch = site === "same-origin";
  if (origin === undefined) return isSameOriginFetch ? "own page" : "unknown";
  // With the referrer policy "no-referrer", browsers hide the origin of a form.
  if (origin === "null") return isSameOriginFetch ? "own page" : "foreign page";
  if (!isOwnUrl(origin, host, publicOrigin)) return "foreign page";
  return site === "none" ? "unknown" : "own page";
}

/** Whether a URL has the service's origin. */
export const isOwnUrl = (url: string, host: string | undefined, publicOrigin: string | undefined): boolean =>
  URL.canParse(url) && (new URL(url).origin === publicOrigin || new URL(url).host === host);

/**
 * Whether a request only reads, or comes from a page of this service. Another site can make a browser send requests with
 * the person's credentials, but can't change the headers that name the request's origin.
 *
 * @param publicOrigin the service's origin in browsers; the origin of the request's `Host` is accepted too
 */
export const isSafeOrSameOrigin = (
  { method = "", headers }: { method?: string | undefined; headers: IncomingHttpHeaders },
  publicOrigin: string | undefined,
): boolean => SAFE_METHODS.has(method) || senderOf(headers, publicOrigin) === "own page";
