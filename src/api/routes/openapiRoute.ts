import { z } from "zod";
import { memoizeAsync } from "../../domain/memoizeAsync.js";
import type { OpenApiDocument } from "../http/openapi.js";
import { type Route, route } from "../http/route.js";

/**
 * Adds the route that serves the OpenAPI document of all routes. The document is built on first use, because its
 * library would slow down the start.
 */
export function addOpenApiRoute(routes: readonly Route[]): {
  routes: Route[];
  document(): Promise<OpenApiDocument>;
} {
  const documentRoute: Route = route({
    method: "get",
    path: "/v1/schema/openapi",
    tag: "openapi",
    roles: ["user", "system-tms"],
    description: "Returns the OpenAPI 3.1 document of the API.",
    responses: { 200: { description: "The OpenAPI document.", schema: z.looseObject({}) } },
    handle: () => text(),
  });
  const all = [...routes, documentRoute];
  const document = memoizeAsync(async () => (await import("../http/openapi.js")).buildOpenApiDocument(all));
  const text = memoizeAsync(async (): Promise<string> => JSON.stringify(await document()));
  return { routes: all, document };
}
