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
    /** The Redis of this run. A test gets a database of its own in it from `freshDatabase`. */
    redisUrl: string;
  }
}

/** Enough for several databases per test. */
const DATABASE_COUNT = 4096;

interface TestRedis {
  url: string;
  stop(): Promise<void>;
}

/**
 * Provides one Redis for the whole run: the one of `REDIS_URL`, else a container where a Docker engine answers, else a
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
