import { createBullBoard } from "@bull-board/api";
import type { AppViewRoute } from "@bull-board/api/typings/app";
import { ExpressAdapter } from "@bull-board/express";
import type { Express, NextFunction, Request, RequestHandler, Response } from "express";
import type { Wms } from "../../lifecycle/context.js";
import { currentAct } from "./audit.js";
import { BOARD_PATH } from "./operatorPaths.js";
import { permissions } from "./permissions.js";
import { QueueAdapter } from "./queueAdapter.js";
import { withoutSecrets } from "./hideSecrets.js";

/** Whatever the board's page would fetch from another host: it asks a font service for its letters. */
const FROM_ELSEWHERE = /<link\b[^>]*\bhref="(?:https?:)?\/\/[^>]*>\s*/g;

/** The board's own adapter, whose page loads nothing from elsewhere. */
class BoardServer extends ExpressAdapter {
  constructor() {
    super();
    this.app.disable("x-powered-by");
    this.setBasePath(BOARD_PATH);
  }

  /** Errors are the app's: it logs what nobody foresaw, and tells of an outage as such. */
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
        else response.send(html.replace(FROM_ELSEWHERE, ""));
      });
    });
    return this;
  }
}

/** The Bull dashboard over all queues of the service, to be mounted at {@link BOARD_PATH}. */
export function queueBoard(wms: Wms): RequestHandler {
  const server = new BoardServer();
  const shown = new Set<string>();
  const board = createBullBoard({
    queues: [],
    serverAdapter: server,
    options: {
      uiConfig: {
        boardTitle: "EWMS queues",
        hideDocsLink: true,
        // Those of a schedd are drained over HTTP: "no workers" would be a false alarm.
        showWorkers: false,
      },
      handlerHooks: {
        before: permissions,
        after(_, result) {
          const act = currentAct();
          const { retried } = result.body as { retried?: number };
          if (act !== undefined) act.jobs = retried;
          return withoutSecrets(result);
        },
      },
    },
  });
  /** Queues are never forgotten, so it is enough to add those that came since the last request. */
  const showNewQueues = (): void => {
    for (const queue of wms.queues.all()) {
      if (shown.has(queue.name)) continue;
      shown.add(queue.name);
      board.addQueue(new QueueAdapter(wms, queue));
    }
  };
  const serve = server.getRouter() as Express;
  return (request, response, next) => {
    showNewQueues();
    serve(request, response, next);
  };
}
