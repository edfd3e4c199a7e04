import { z } from "zod";
import { memoizeAsync } from "../../domain/memoizeAsync.js";
import type { OpenApiDocument } from "../http/openapi.js";
import { type Route, route } from "../http/route.js";

/**
 * Describes routes, and adds the one that serves the description. It is made when somebody asks for it: loading what makes it,
 * and making it, would be a good part of a start.
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
    description: "This description of the API, as OpenAPI 3.1.",
    responses: { 200: { description: "The OpenAPI document.", schema: z.looseObject({}) } },
    handle: () => text(),
  });
  const all = [...routes, documentRoute];
  const document = memoizeAsync(async () => (await import("../http/openapi.js")).buildOpenApiDocument(all));
  const text = memoizeAsync(async (): Promise<string> => JSON.stringify(await document()));
  return { routes: all, document };
}
