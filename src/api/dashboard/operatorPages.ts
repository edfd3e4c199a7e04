import { type RequestHandler, type Response, Router } from "express";
import { memoizeAsync } from "../../domain/memoizeAsync.js";
import type { Wms } from "../../lifecycle/context.js";
import { type AuditContext, auditOperatorActions } from "./audit.js";
import { dashboardHeaders } from "./dashboardHeaders.js";
import { entityPages } from "./entityPages.js";

/** What the pages for operators work with. */
export interface OperatorPagesOptions {
  wms: Wms;
  /** Let operators pass and nobody else, and make known who they are: see `askingOf`. In this order. */
  guard: RequestHandler[];
  /** The request that a response answers, whose caller the guard names. */
  auditContextOf(response: Response): AuditContext;
}

/** Pages for operators, to be mounted at `OPERATOR_PATH`: the Bull dashboard and the entities it links to. */
export function operatorPages({ wms, guard, auditContextOf }: OperatorPagesOptions): Router {
  // As much to load as all the rest of a process, for pages that few processes are asked for.
  const board = memoizeAsync(async () => (await import("./queueBoard.js")).createQueueBoard(wms));
  const pages = Router();
  pages.use(dashboardHeaders, auditOperatorActions(auditContextOf, wms.log), ...guard);
  pages.use("/queues", async (request, response, next) => (await board())(request, response, next));
  pages.use(entityPages(wms));
  return pages;
}
