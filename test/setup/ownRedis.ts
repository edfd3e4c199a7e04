import { onTestFinished } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { type RedisServer, startRedisServer } from "../../src/redis/redisServer.js";
import { temporaryFolder } from "./temporaryFolder.js";

/** Starts a Redis server that the test may reconfigure, freeze or stop. It ends with the test. */
export async function startOwnRedis(): Promise<RedisServer> {
  const command = await ensureRedisServer();
  const server = await startRedisServer({ command, dir: await temporaryFolder(), appendOnly: false });
  onTestFinished(() => server.stop());
  return server;
}
