import { join } from "node:path";
import { type Logger, pino } from "pino";
import { inject } from "vitest";
import { startService } from "../../src/app/service.js";
import { readConfig } from "../../src/config/config.js";
import { freshDatabase } from "./database.js";
import { toServiceSettings } from "./testRedis.js";

/** A whole service, HTTP and workers, in the test's own process. */
export interface TestService {
  /** Address without a trailing slash. */
  url: string;
  /** Its own database, for tests that read or damage the queues. */
  redisUrl: string;
  close(): Promise<void>;
}

/**
 * Starts a service on a free port and an empty database. The test file must close it.
 *
 * @param overrides settings as in the environment; a `REDIS_URL` lets two services share their data
 * @param log silent unless given
 * @param options `workers`: false for a test that counts what requests do
 */
export async function startTestService(
  overrides: Record<string, string> = {},
  log: Logger = pino({ level: "silent" }),
  { workers = true }: { workers?: boolean } = {},
): Promise<TestService> {
  const isElsewhere = overrides["REDIS_CLUSTER_NODES"] !== undefined || overrides["REDIS_SENTINELS"] !== undefined;
  const redisUrl = overrides["REDIS_URL"] ?? (isElsewhere ? "" : await freshDatabase());
  const config = readConfig(toServiceSettings({ REST_PORT: "0", ...overrides, REDIS_URL: redisUrl }));
  if (config.redis === undefined) throw new Error("the service has no Redis");
  const pageFolders = [join(inject("built"), "dist/page/")];
  const roles = { web: true, workers };
  const service = await startService({ ...config, redis: config.redis }, roles, log, { pageFolders });
  if (service.url === undefined) throw new Error("the service has no URL");
  return { url: service.url, redisUrl, close: async () => void (await service.close()) };
}
