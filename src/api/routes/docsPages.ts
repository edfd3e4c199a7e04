import { type RequestHandler, Router } from "express";
import { memoizeAsync } from "../../domain/memoizeAsync.js";
import { securityHeaders, THIRD_PARTY_UI_POLICY } from "../http/contentSecurityPolicy.js";
import type { OpenApiDocument } from "../openapi/document.js";

const docsHeaders = securityHeaders(
  { ...THIRD_PARTY_UI_POLICY, frameAncestors: ["'self'"] },
  // Shows the guard against foreign pages that the requests of "Try it out" are not theirs.
  { referrerPolicy: { policy: "same-origin" } },
);

/** Creates the router of Swagger UI, for `/docs`. Swagger UI is loaded at the first request. */
export function docsPages(document: () => Promise<OpenApiDocument>): Router {
  const swagger = memoizeAsync(async () => swaggerPages(await document()));
  const pages = Router({ strict: true });
  pages.use(skipUnservedPaths, docsHeaders);
  pages.get("/", redirectToTrailingSlash);
  pages.use(async (request, response, next) => (await swagger())(request, response, next));
  return pages;
}

async function swaggerPages(document: OpenApiDocument): Promise<Router> {
  const { default: swaggerUi } = await import("swagger-ui-express");
  const pages = Router({ strict: true });
  pages.get("/", swaggerUi.setup(document, { customSiteTitle: "EWMS WMS API" }));
  // No validator badge: it would send this service's address to another host.
  pages.use(swaggerUi.serveFiles(document, { swaggerOptions: { validatorUrl: null } }));
  return pages;
}

/** Leaves the manifest of the package and methods that write to the app's 404. */
const skipUnservedPaths: RequestHandler = ({ path, method }, _response, next) =>
  path.endsWith("/package.json") || (method !== "GET" && method !== "HEAD") ? next("router") : next();

/** The page has relative links, so its URL must end in a slash. */
const redirectToTrailingSlash: RequestHandler = ({ originalUrl }, response, next) =>
  originalUrl.split("?", 1)[0]?.endsWith("/") ? next() : response.redirect(301, "docs/");
