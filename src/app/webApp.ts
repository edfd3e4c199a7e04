import type { Express } from "express";
import { type AppOptions, createApp } from "../api/app.js";
import { operatorPages } from "../api/dashboard/operatorPages.js";
import { OPERATOR_PATH } from "../api/dashboard/operatorPaths.js";
import { readBuiltPage, workflowPages } from "../api/page/workflowPages.js";
import type { Config } from "../config/config.js";
import type { UpstreamOutcomes } from "../domain/upstreamOutcomes.js";
import type { RedisClient } from "../redis/redisClient.js";
import { createCallerAuth } from "./callerAuth.js";

/** The parts of the app that do not follow from the settings. */
type WebAppParts = Omit<
  AppOptions,
  "authentication" | "basePath" | "ownAddresses" | "pages" | "events" | "limits" | "trustedProxies" | "rateLimiter"
> & {
  watchers: AppOptions["events"]["watchers"];
  /** Holds the sessions of signed-in people, and counts requests and failed logins. */
  redis: RedisClient;
  /** Folders that may hold the built page; undefined: the folder beside the programs. */
  pageFolders: readonly string[] | undefined;
  /** Records whether the identity provider answers; undefined: there is none. */
  providerOutcomes: UpstreamOutcomes | undefined;
};

/** Creates the app of a web process: the API, the operator pages and the page at `/`. */
export async function createWebApp(
  { access, basePath, isProduction, events, limits, rateLimitPerMinute, trustedProxies }: Config,
  { watchers, redis, pageFolders, providerOutcomes, ...parts }: WebAppParts,
): Promise<Express> {
  const { wms, log } = parts;
  const { authentication: checks } = access;
  if (isProduction && checks.kind === "tokens" && checks.audience === undefined)
    log.warn("AUTH_AUDIENCE is not set: tokens that the identity provider issued for other services are accepted");
  const { authentication, operators } = await createCallerAuth(access, redis, log, providerOutcomes);
  const guard = [operators.router, operators.guard];
  return createApp({
    ...parts,
    authentication,
    ownAddresses: access.ownAddresses,
    basePath,
    pages: {
      [OPERATOR_PATH]: operatorPages(wms, guard, basePath),
      "/": workflowPages(operators, readBuiltPage(basePath, pageFolders)),
    },
    events: { watchers, limits: events },
    limits,
    trustedProxies,
    rateLimiter:
      rateLimitPerMinute === 0
        ? undefined
        : (await import("../redis/rateLimiter.js")).createRateLimiter(redis, rateLimitPerMinute),
  });
}
