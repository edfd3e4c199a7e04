import { createBullBoard } from "@bull-board/api";
import type { AppViewRoute } from "@bull-board/api/typings/app";
import { ExpressAdapter } from "@bull-board/express";
import type { Express, NextFunction, Request, RequestHandler, Response } from "express";
import { hideSecrets } from "../../domain/hideSecrets.js";
import type { Wms } from "../../lifecycle/context.js";
import { currentAuditRecord } from "../operatorAuth/audit.js";
import { BOARD_PATH } from "./operatorPaths.js";
import { enforcePermissions } from "./permissions.js";
import { QueueAdapter } from "./queueAdapter.js";
import { hideRefusedButtons } from "./refusedButtons.js";

/** Links of the board's page to other hosts: it loads fonts from one. */
const EXTERNAL_LINKS = /<link\b[^>]*\bhref="(?:https?:)?\/\/[^>]*>\s*/g;

/** The board's Express adapter, with a page that loads nothing from other hosts. */
class BoardServer extends ExpressAdapter {
  constructor(basePath: string) {
    super();
    this.app.disable("x-powered-by");
    this.setBasePath(basePath + BOARD_PATH);
  }

  /** Passes errors to the app's error handler, which logs unexpected ones and maps outages to 503. */
  override setErrorHandler(): this {
    return super.setErrorHandler((error) => {
      throw error;
    });
  }

  override setEntryRoute({ route, handler }: AppViewRoute): this {
    this.app.get(route, (_request: Request, response: Response, next: NextFunction) => {
      const { name, params } = handler({ basePath: this.basePath, uiConfig: this.uiConfig });
      response.render(name, params, (error: Error | null, html: string) => {
        if (error) next(error);
        else response.send(hideRefusedButtons(html.replace(EXTERNAL_LINKS, "")));
      });
    });
    return this;
  }
}

/**
 * Creates the Bull dashboard of all queues. It is mounted at {@link BOARD_PATH}.
 *
 * @param basePath path of the service behind a reverse proxy, without a slash at the end; empty: it has none
 */
export function createQueueBoard(wms: Wms, basePath: string): RequestHandler {
  const server = new BoardServer(basePath);
  const addedQueues = new Set<string>();
  const board = createBullBoard({
    queues: [],
    serverAdapter: server,
    options: {
      uiConfig: {
        boardTitle: "EWMS queues",
        hideDocsLink: true,
        miscLinks: [{ text: "Workflows", url: `${basePath}/` }],
        // TMSs drain the queues of a schedd over HTTP: "no workers" would be a false alarm.
        showWorkers: false,
      },
      handlerHooks: {
        before: enforcePermissions,
        after(_, result) {
          const record = currentAuditRecord();
          const { retried } = result.body as { retried?: number };
          if (record !== undefined) record.jobs = retried;
          return hideSecrets(result);
        },
      },
    },
  });
  /** Adds the queues that were created since the last request. Queues are never removed. */
  const addNewQueues = (): void => {
    for (const queue of wms.queues.allQueues()) {
      if (addedQueues.has(queue.name)) continue;
      addedQueues.add(queue.name);
      board.addQueue(new QueueAdapter(wms, queue, basePath));
    }
  };
  const serve = server.getRouter() as Express;
  return (request, response, next) => {
    addNewQueues();
    serve(request, response, next);
  };
}
