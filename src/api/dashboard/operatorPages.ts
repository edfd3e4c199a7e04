import { type RequestHandler, type Response, Router } from "express";
import { lazily } from "../../domain/memoizeAsync.js";
import type { Wms } from "../../lifecycle/context.js";
import { type Asking, auditActs } from "./audit.js";
import { entityPages } from "./entityPages.js";
import { secureHeaders } from "./dashboardHeaders.js";

/** What the pages for operators work with. */
export interface OperatorPagesOptions {
  wms: Wms;
  /** Let operators pass and nobody else, and make known who they are: see `askingOf`. In this order. */
  guard: RequestHandler[];
  /** The request that a response answers, whose caller the guard names. */
  askingOf(response: Response): Asking;
}

/** Pages for operators, to be mounted at `OPERATOR_PATH`: the Bull dashboard and the entities it links to. */
export function operatorPages({ wms, guard, askingOf }: OperatorPagesOptions): Router {
  // As much to load as all the rest of a process, for pages that few processes are asked for.
  const board = lazily(async () => (await import("./queueBoard.js")).queueBoard(wms));
  const pages = Router();
  pages.use(secureHeaders, auditActs(askingOf, wms.log), ...guard);
  pages.use("/queues", async (request, response, next) => (await board())(request, response, next));
  pages.use(entityPages(wms));
  return pages;
}
