import { z } from "zod";
import { buildDocument, type Document } from "./openapi.js";
import { type Route, route } from "./route.js";

/** Describes routes, and adds the one that serves the description. */
export function withDocument(routes: readonly Route[]): { routes: Route[]; document: Document } {
  let text = "";
  const served = route({
    method: "get",
    path: "/v1/schema/openapi",
    tag: "openapi",
    roles: ["user", "system-tms"],
    description: "This description of the API, as OpenAPI 3.1.",
    responses: { 200: { description: "The OpenAPI document.", schema: z.looseObject({}) } },
    answer: async () => text,
  });
  const all = [...routes, served];
  const document = buildDocument(all);
  text = JSON.stringify(document);
  return { routes: all, document };
}
