import type { RequestListener } from "node:http";
import type { Express, Response } from "express";

/** The app's setting with the path of the service behind a reverse proxy: `/wms`, or empty. */
const BASE_PATH_SETTING = "base path";

/** Sets the path of the service behind a reverse proxy, without a slash at the end. */
export const setBasePath = (app: Express, basePath: string): void => void app.set(BASE_PATH_SETTING, basePath);

/** Returns the path under which browsers reach one of the service's own paths, such as `/docs/`. */
export const publicPathOf = ({ app }: Response, path: string): string =>
  `${(app.get(BASE_PATH_SETTING) as string | undefined) ?? ""}${path}`;

/** Returns the same for a path, and any other address as it is. */
export const publicHrefOf = (response: Response, href: string): string =>
  href.startsWith("/") ? publicPathOf(response, href) : href;

/**
 * Creates a function that removes the base path from a request's target, if the proxy has not removed it. The routes,
 * the log and the metrics then name the same paths with and without a proxy.
 *
 * @param app any listener that is not an Express app has no base path
 */
export function basePathRemover(app: RequestListener | Express): (target: string | undefined) => string | undefined {
  const basePath = "set" in app ? ((app.get(BASE_PATH_SETTING) as string | undefined) ?? "") : "";
  if (basePath === "") return (target) => target;
  return (target) => {
    if (!target?.startsWith(basePath)) return target;
    const rest = target.slice(basePath.length);
    if (rest.startsWith("/")) return rest;
    return rest === "" || rest.startsWith("?") ? `/${rest}` : target;
  };
}
