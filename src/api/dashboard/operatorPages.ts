import { type RequestHandler, Router } from "express";
import { memoizeAsync } from "../../domain/memoizeAsync.js";
import type { Wms } from "../../lifecycle/context.js";
import { securityHeaders, THIRD_PARTY_UI_POLICY } from "../http/contentSecurityPolicy.js";
import { auditDashboard } from "../operatorAuth/audit.js";
import { entityPages } from "./entityPages.js";

const setPolicy = securityHeaders({ ...THIRD_PARTY_UI_POLICY, formAction: ["'self'"] });

/** Sets the security headers. Forbids caching except for the board's static files, whose names change with their contents. */
const setHeaders: RequestHandler = (request, response, next) => {
  if (!request.path.startsWith("/queues/static/")) response.setHeader("cache-control", "no-store");
  setPolicy(request, response, next);
};

/**
 * Creates the operator pages, to be mounted at `OPERATOR_PATH`: the Bull dashboard and the entities it links to.
 *
 * @param guard handlers that let only operators pass, in this order
 * @param basePath path of the service behind a reverse proxy, without a slash at the end; empty: it has none
 */
export function operatorPages(wms: Wms, guard: RequestHandler[], basePath: string): Router {
  // The dashboard doubles the modules of a process, and few processes ever serve it.
  const board = memoizeAsync(async () => (await import("./queueBoard.js")).createQueueBoard(wms, basePath));
  const pages = Router();
  pages.use(setHeaders, auditDashboard(wms.log, wms.store.audit), ...guard);
  pages.use("/queues", async (request, response, next) => (await board())(request, response, next));
  pages.use(entityPages(wms, basePath));
  return pages;
}
