import { type RequestHandler, Router } from "express";
import { memoizeAsync } from "../../domain/memoizeAsync.js";
import type { Wms } from "../../lifecycle/context.js";
import { auditDashboard } from "../operatorAuth/audit.js";
import { dashboardHeaders } from "./dashboardHeaders.js";
import { entityPages } from "./entityPages.js";

/**
 * Creates the operator pages, to be mounted at `OPERATOR_PATH`: the Bull dashboard and the entities it links to.
 *
 * @param guard handlers that let only operators pass, in this order
 */
export function operatorPages(wms: Wms, guard: RequestHandler[]): Router {
  // The dashboard doubles the modules of a process, and few processes ever serve it.
  const board = memoizeAsync(async () => (await import("./queueBoard.js")).createQueueBoard(wms));
  const pages = Router();
  pages.use(dashboardHeaders, auditDashboard(wms.log), ...guard);
  pages.use("/queues", async (request, response, next) => (await board())(request, response, next));
  pages.use(entityPages(wms));
  return pages;
}
