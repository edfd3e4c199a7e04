import type { IncomingHttpHeaders } from "node:http";

/** Methods of requests that only read. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request only reads, or comes from a page of this service. Another site can make a browser send requests with
 * the operator's credentials, but can't change the headers that name the request's origin.
 *
 * @param publicUrl the service's origin in browsers; the origin of the request's `Host` is accepted too
 */
export function isSafeOrSameOrigin(
  { method = "", headers }: { method?: string | undefined; headers: IncomingHttpHeaders },
  publicUrl: string | undefined,
): boolean {
  if (SAFE_METHODS.has(method)) return true;
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  // With the referrer policy "no-referrer", browsers hide the origin of a form.
  if (origin === undefined || origin === "null") return site === "same-origin";
  if (!URL.canParse(origin)) return false;
  return origin === publicUrl || new URL(origin).host === host;
}
