import express, { type Express } from "express";
import { onTestFinished } from "vitest";
import { createServer } from "../../src/api/http/httpServer.js";
import {
  DrainController,
  type RequestContext,
  requestContextOf,
  trackRequests,
} from "../../src/api/http/requestContext.js";
import { createCallerAuth } from "../../src/app/callerAuth.js";
import { closeServer, listen } from "../../src/app/httpListener.js";
import { readConfig } from "../../src/config/config.js";
import { recordingLog } from "../mqs/recordingLog.js";

/** Pages for operators behind the guard, without a service around them. */
export interface GuardedApp {
  /** Where it listens, without a slash at the end. */
  url: string;
  /** Every request so far that is over. */
  requestContexts: RequestContext[];
  /** What was logged. */
  logLines: string[];
}

/**
 * Starts a page for operators at every path below `/admin` that the guard does not serve itself: it says hello to whom the
 * guard let in. It ends with the test.
 *
 * @param settingsAt the settings of a service at an address
 */
export async function startGuardedApp(settingsAt: (url: string) => Record<string, string>): Promise<GuardedApp> {
  // Its address is one of its settings.
  let app: Express | undefined;
  const server = createServer((request, response) => app?.(request, response));
  onTestFinished(() => closeServer(server, AbortSignal.timeout(5000)));
  const url = await listen(server, "127.0.0.1", 0);
  const { log, lines } = recordingLog();
  const { operators } = await createCallerAuth(readConfig(settingsAt(url)).access, log);
  const exchanges: RequestContext[] = [];
  app = express();
  app.use(trackRequests([(exchange) => exchanges.push(exchange)], new DrainController()));
  app.use("/admin", operators.router, operators.guard, (_request, response) => {
    response.send(`hello ${requestContextOf(response).caller?.subject}`);
  });
  return { url, requestContexts: exchanges, logLines: lines };
}
