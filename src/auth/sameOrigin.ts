import type { IncomingHttpHeaders } from "node:http";

/** Methods that change nothing. */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request changes nothing, or comes from a page of this service. Other sites can make a browser send requests
 * with the operator's cookie or password, but they can't keep it from telling where these come from.
 *
 * @param publicUrl where browsers reach the service, when that is known; the `Host` that was asked for counts anyway
 */
export function isSafeOrSameOrigin(
  { method = "", headers }: { method?: string | undefined; headers: IncomingHttpHeaders },
  publicUrl: string | undefined,
): boolean {
  if (SAFE_METHODS.has(method)) return true;
  const { origin, host } = headers;
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  // Browsers hide the origin of a form on a page that asks them to send no referrer.
  if (origin === undefined || origin === "null") return site === "same-origin";
  if (!URL.canParse(origin)) return false;
  return origin === publicUrl || new URL(origin).host === host;
}
