import type { IncomingHttpHeaders } from "node:http";
import { isIPv4, isIPv6 } from "node:net";
import type { Request, RequestHandler } from "express";
import { isOwnUrl, senderOf } from "../../auth/sameOrigin.js";
import { hostNameOf } from "../../domain/hostName.js";
import { isLoopback } from "../../domain/loopback.js";
import { isPathForPeople } from "./pagePaths.js";
import { HttpError } from "./responses.js";

/** The names and addresses of the service itself. */
export interface OwnAddresses {
  /** The address that the service listens on. */
  restHost: string;
  /** The origin under which browsers reach the service; undefined: unknown. */
  publicOrigin: string | undefined;
  /** Further host names, in lower case and without ports. */
  allowedHosts: readonly string[];
}

/**
 * Rejects requests that another site's page makes a browser send. Without token checks they would have the user's full
 * access: the browser runs inside the protected network.
 *
 * Two checks belong together. `Sec-Fetch-Site` and `Origin` name the page that sends a request. Under DNS rebinding the
 * attacker's host name resolves to this service, so the page appears to be the service's own. Only `Host` shows the
 * foreign name.
 */
export function rejectForeignPages(own: OwnAddresses): RequestHandler {
  const isOwnHost = createHostCheck(own);
  return (request, _response, next) => {
    const { host } = request.headers;
    // A request of HTTP/1.0 may have no host; browsers always send one.
    if (host && !isOwnHost(host))
      throw new HttpError(
        403,
        `Host: ${JSON.stringify(host)} is not a name of this service; if it is one, add it to ALLOWED_HOSTS`,
      );
    if (isFromForeignPage(request, own.publicOrigin) && !isNavigationToPage(request))
      throw new HttpError(
        403,
        "only pages of this service may send this request; check that PUBLIC_URL is the address in the browser",
      );
    next();
  };
}

/** The most accepted values of `Host` that are remembered; each port of a client's tunnel is another value. */
const MAX_REMEMBERED_HOSTS = 100;

/** Creates a function that decides whether a value of `Host` means this service. The port does not matter. */
function createHostCheck({ restHost, publicOrigin, allowedHosts }: OwnAddresses): (host: string) => boolean {
  const names = new Set([...allowedHosts, ...(isUnspecified(restHost) ? [] : [restHost.toLowerCase()])]);
  if (publicOrigin !== undefined) names.add(hostNameOf(new URL(publicOrigin).host) ?? "");
  const remembered = new Set<string>();
  return (host) => {
    if (remembered.has(host)) return true;
    const name = hostNameOf(host);
    if (name === undefined) return false;
    const isOwn = isLoopback(name) || names.has(name) || (!isLoopback(restHost) && isRoutableAddress(name));
    if (isOwn && remembered.size < MAX_REMEMBERED_HOSTS) remembered.add(host);
    return isOwn;
  };
}

const isUnspecified = (host: string): boolean => host === "0.0.0.0" || host === "::";

/**
 * Whether a name is an IP address of one host. An attacker can't make an address point elsewhere, so it needs no
 * setting. Not 0.0.0.0, `::` and mapped IPv4 addresses: they also reach this host, but browsers do not treat them like
 * localhost and may omit `Sec-Fetch-Site`.
 */
const isRoutableAddress = (name: string): boolean =>
  isIPv4(name) ? !name.startsWith("0.") : isIPv6(name) && !name.startsWith("::");

/** Routes of a TMS: some of their GETs take leases. */
const TMS_PATH_PREFIX = "/v1/tms/";

function isFromForeignPage({ path, headers }: Request, publicOrigin: string | undefined): boolean {
  const sender = senderOf(headers, publicOrigin);
  if (sender !== "unknown" || !path.startsWith(TMS_PATH_PREFIX)) return sender === "foreign page";
  // Over plain HTTP to other hosts than localhost, browsers omit Sec-Fetch-Site, and no GET has an origin.
  return isAnonymousBrowserRequest(headers) && !isOwnUrl(headers.referer ?? "", headers.host, publicOrigin);
}

/** Whether a browser sends a request without naming its origin. Every browser calls itself Mozilla. */
const isAnonymousBrowserRequest = (headers: IncomingHttpHeaders): boolean =>
  headers["sec-fetch-site"] === undefined &&
  headers.origin === undefined &&
  (headers["user-agent"] ?? "").startsWith("Mozilla/");

/**
 * Whether a browser opens a page of the service in a tab: from a link in a wiki, or when an identity provider sends an
 * operator back. The page that has the link can't read the answer.
 */
const isNavigationToPage = ({ method, path, headers }: Request): boolean =>
  method === "GET" &&
  headers["sec-fetch-mode"] === "navigate" &&
  headers["sec-fetch-dest"] === "document" &&
  // A navigation with an origin is no link.
  headers.origin === undefined &&
  isPathForPeople(path);
