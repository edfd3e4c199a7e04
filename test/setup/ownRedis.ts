import { onTestFinished } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { type RedisServer, startRedisServer } from "../../src/redis/redisServer.js";
import { temporaryFolder } from "./temporaryFolder.js";

/** Starts a Redis server that the test may reconfigure, freeze or stop. It ends with the test, unless `atEnd` delays that. */
export async function startOwnRedis(
  atEnd: (stop: () => Promise<void>) => void = onTestFinished,
): Promise<RedisServer & { dir: string }> {
  const command = await ensureRedisServer();
  const dir = await temporaryFolder(atEnd);
  const server = await startRedisServer({ command, dir, appendOnly: false });
  atEnd(() => server.stop());
  return { ...server, dir };
}
