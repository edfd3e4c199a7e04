import type { IncomingMessage, RequestListener } from "node:http";
import type { Application, Express, Response } from "express";

/** The app's setting with the path of the service behind a reverse proxy: `/wms`, or empty. */
const BASE_PATH_SETTING = "base path";

/** Sets the path of the service behind a reverse proxy, without a slash at the end. */
export const setBasePath = (app: Express, basePath: string): void => void app.set(BASE_PATH_SETTING, basePath);

const basePathOf = (app: Application): string => (app.get(BASE_PATH_SETTING) as string | undefined) ?? "";

/** Returns the path under which browsers reach one of the service's own paths, such as `/docs/`. */
export const publicPathOf = ({ app }: Response, path: string): string => basePathOf(app) + path;

/** Returns the same for a path, and any other address as it is. */
export const publicHrefOf = (response: Response, href: string): string =>
  href.startsWith("/") ? publicPathOf(response, href) : href;

/**
 * Creates a function that removes the base path from a request's target, if the proxy has not removed it. The routes,
 * the log and the metrics then name the same paths with and without a proxy.
 *
 * @param app any listener that is not an Express app has no base path
 */
export function basePathRemover(app: RequestListener | Express): (request: Pick<IncomingMessage, "url">) => void {
  const basePath = "set" in app ? basePathOf(app) : "";
  if (basePath === "") return () => undefined;
  return (request) => {
    if (!request.url?.startsWith(basePath)) return;
    const rest = request.url.slice(basePath.length);
    if (rest.startsWith("/")) request.url = rest;
    else if (rest === "" || rest.startsWith("?")) request.url = `/${rest}`;
  };
}
