import type { RequestHandler } from "express";
import { securityHeaders, THIRD_PARTY_UI_POLICY } from "../http/contentSecurityPolicy.js";

const setPolicy = securityHeaders({ ...THIRD_PARTY_UI_POLICY, formAction: ["'self'"] });

/** Scripts and styles of the board, whose names change with their contents. */
const STATIC_PATHS = /^\/queues\/static\//;

/** Sets the security headers of the operator pages, and forbids caching except for static files. */
export const dashboardHeaders: RequestHandler = (request, response, next) => {
  if (!STATIC_PATHS.test(request.path)) response.setHeader("cache-control", "no-store");
  setPolicy(request, response, next);
};
