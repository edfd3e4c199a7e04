import type { RequestHandler } from "express";
import { securityHeaders, THIRD_PARTY_UI_POLICY } from "../http/contentSecurityPolicy.js";

const setPolicy = securityHeaders({ ...THIRD_PARTY_UI_POLICY, formAction: ["'self'"] });

/** The board's programs and styles, whose names change with their contents. */
const STATIC_PATHS = /^\/queues\/static\//;

/** Headers for pages that act on the service: all comes from this host, nobody frames them, and no cache keeps what they show. */
export const dashboardHeaders: RequestHandler = (request, response, next) => {
  if (!STATIC_PATHS.test(request.path)) response.setHeader("cache-control", "no-store");
  setPolicy(request, response, next);
};
