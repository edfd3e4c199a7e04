import type { Express } from "express";
import { type AppOptions, createApp } from "../api/app.js";
import { operatorPages } from "../api/dashboard/operatorPages.js";
import { OPERATOR_PATH } from "../api/dashboard/operatorPaths.js";
import { requestContextOf } from "../api/http/requestContext.js";
import { readBuiltPage } from "../api/page/pageFiles.js";
import { workflowPages } from "../api/page/workflowPages.js";
import type { Config } from "../config/config.js";
import type { RedisClient } from "../redis/redisClient.js";
import { createCallerAuth } from "./callerAuth.js";

/** What an app is made of that the settings do not tell. */
type WebAppParts = Omit<
  AppOptions,
  "checkToken" | "pageCaller" | "pages" | "events" | "limits" | "trustedProxies" | "allowance"
> & {
  watchers: AppOptions["events"]["watchers"];
  /** Where callers' requests are counted. */
  redis: RedisClient;
  /** Where the page may lie; undefined: beside the programs. */
  pageFolders: readonly string[] | undefined;
};

/** What a web process serves, as the settings say: the API, what checks its callers, and the pages for people. */
export async function createWebApp(
  { access, events, limits, requestsPerMinute, trustedProxies }: Config,
  { watchers, redis, pageFolders, ...parts }: WebAppParts,
): Promise<Express> {
  const { wms, log } = parts;
  const { verifyToken, operators, authenticateBrowser } = await createCallerAuth(access, log);
  const guard = [operators.router, operators.guard];
  return createApp({
    ...parts,
    verifyToken: verifyToken,
    authenticateBrowser: authenticateBrowser,
    pages: {
      [OPERATOR_PATH]: operatorPages({ wms, guard, auditContextOf: requestContextOf }),
      "/": workflowPages(operators, readBuiltPage(pageFolders)),
    },
    events: { watchers, limits: events },
    limits,
    trustedProxies,
    rateLimiter: requestsPerMinute === 0 ? undefined : await createRateLimiterFor(redis, requestsPerMinute),
  });
}

async function createRateLimiterFor(redis: RedisClient, perMinute: number): Promise<AppOptions["rateLimiter"]> {
  const { createRateLimiter } = await import("../redis/rateLimiter.js");
  return createRateLimiter(redis, perMinute);
}
