import type { Express } from "express";
import { type AppOptions, createApp } from "../api/app.js";
import { exchangeOf } from "../api/http/requestContext.js";
import { readPage } from "../api/page/pageFiles.js";
import { workflowPages } from "../api/page/workflowPages.js";
import type { Config } from "../config/config.js";
import { operatorPages } from "../api/dashboard/operatorPages.js";
import { OPERATOR_PATH } from "../api/dashboard/operatorPaths.js";
import { createGatekeeping } from "./callerAuth.js";
import type { RedisClient } from "../redis/redisClient.js";

/** What an app is made of that the settings do not tell. */
type Parts = Omit<
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
  { watchers, redis, pageFolders, ...parts }: Parts,
): Promise<Express> {
  const { wms, log } = parts;
  const { checkToken, operators, pageCaller } = await createGatekeeping(access, log);
  const guard = [operators.router, operators.guard];
  return createApp({
    ...parts,
    checkToken,
    pageCaller,
    pages: {
      [OPERATOR_PATH]: operatorPages({ wms, guard, askingOf: exchangeOf }),
      "/": workflowPages(operators, readPage(pageFolders)),
    },
    events: { watchers, limits: events },
    limits,
    trustedProxies,
    allowance: requestsPerMinute === 0 ? undefined : await allowance(redis, requestsPerMinute),
  });
}

async function allowance(redis: RedisClient, perMinute: number): Promise<AppOptions["allowance"]> {
  const { createAllowance } = await import("../redis/rateLimiter.js");
  return createAllowance(redis, perMinute);
}
