import express, { type Express, type Response } from "express";
import { onTestFinished } from "vitest";
import { createServer } from "../../src/api/http/httpServer.js";
import {
  DrainController,
  type RequestContext,
  requestContextOf,
  trackRequests,
} from "../../src/api/http/requestContext.js";
import { auditDashboard } from "../../src/api/operatorAuth/audit.js";
import { createCallerAuth } from "../../src/app/callerAuth.js";
import { closeServer, listen } from "../../src/app/httpListener.js";
import { readConfig } from "../../src/config/config.js";
import { type Caller, displayNameOf } from "../../src/domain/caller.js";
import { connectClient } from "../../src/redis/connectClients.js";
import { AuditTrail } from "../../src/store/auditTrail.js";
import { freshDatabase } from "../setup/database.js";
import { recordingLog } from "../setup/recordingLog.js";
import { toServiceSettings } from "../setup/testRedis.js";

/** Operator pages behind the guard, without a service. */
export interface GuardedApp {
  /** Address without a trailing slash. */
  url: string;
  /** All finished requests. */
  requestContexts: RequestContext[];
  /** All log lines. */
  logLines: string[];
  /** The database with the sessions and failed logins. */
  redisUrl: string;
}

/**
 * Starts an app whose paths below `/admin` return the operator's name, and all others the name of the signed-in person. It
 * stops at the end of the test.
 *
 * @param settingsAt returns the settings of a service at an address
 * @param redisUrl the database of another app, to share its sessions; an empty one by default
 */
export async function startGuardedApp(
  settingsAt: (url: string) => Record<string, string>,
  redisUrl?: string,
): Promise<GuardedApp> {
  // The settings contain the address, so the server starts before the app exists.
  let app: Express | undefined;
  const server = createServer((request, response) => app?.(request, response));
  onTestFinished(() => closeServer(server, AbortSignal.timeout(5000)));
  const url = await listen(server, "127.0.0.1", 0);
  const { log, lines } = recordingLog();
  const database = redisUrl ?? (await freshDatabase());
  const { redis: location } = readConfig(toServiceSettings({ REDIS_URL: database }));
  if (location === undefined) throw new Error("the app has no Redis");
  const redis = await connectClient(location, "requests", log);
  onTestFinished(() => redis.disconnect());
  const { operators } = await createCallerAuth(readConfig(settingsAt(url)).access, redis, log);
  const requestContexts: RequestContext[] = [];
  app = express();
  app.use(trackRequests([(context) => requestContexts.push(context)], new DrainController()));
  app.use(
    "/admin",
    auditDashboard(log, new AuditTrail(redis)),
    operators.router,
    operators.guard,
    (_request, response) => {
      response.send(`hello ${nameOfCaller(response)}`);
    },
  );
  app.use(operators.pageGuard, (_request, response) => {
    response.send(`page of ${nameOfCaller(response)}`);
  });
  return { url, requestContexts, logLines: lines, redisUrl: database };
}

const nameOfCaller = (response: Response): string => displayNameOf(requestContextOf(response).caller as Caller);
