import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { TestProject } from "vitest/node";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { checkRedis } from "../../src/redis/checkRedis.js";
import { startRedisServer } from "../../src/redis/redisServer.js";
import { closePool, openPool } from "./databasePool.js";
import { isDockerAvailable, startRedisContainer } from "./docker.js";

declare module "vitest" {
  export interface ProvidedContext {
    /** The Redis of this run. Tests don't use it as it is, but ask `freshDatabase` for a database of their own. */
    redisUrl: string;
  }
}

/** Enough for every test to have some. */
const DATABASE_COUNT = 4096;

interface TestRedis {
  url: string;
  stop(): Promise<void>;
}

/**
 * One Redis for the whole run: the one of `REDIS_URL`; else in a container, where a Docker engine answers; else a
 * `redis-server` of this machine, which is installed first where that is allowed.
 */
export default async function startTestRedis(project: Pick<TestProject, "provide">): Promise<() => Promise<void>> {
  const redis = await findOrStart();
  await openPool(redis.url);
  project.provide("redisUrl", redis.url);
  project.provide("onClusters", false);
  return async () => {
    await closePool(redis.url);
    await redis.stop();
  };
}

async function findOrStart(): Promise<TestRedis> {
  const given = process.env["REDIS_URL"];
  if (given) {
    await checkRedis({ url: given }, pino({ level: "silent" }));
    return { url: given, stop: async () => undefined };
  }
  const container = (await isDockerAvailable()) ? await startRedisContainer(DATABASE_COUNT) : undefined;
  return container ?? (await startLocalServer());
}

async function startLocalServer(): Promise<TestRedis> {
  const command = await ensureRedisServer();
  const dir = await mkdtemp(join(tmpdir(), "wms-test-redis-"));
  const settings = async () => ({ databases: String(DATABASE_COUNT) });
  const server = await startRedisServer({ command, dir, appendOnly: false, settings });
  return {
    url: server.url,
    async stop() {
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
