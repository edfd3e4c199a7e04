import { findRedisServer, requireRedisServer } from "../../src/redis/redisExecutable.js";
import { canInstallWithApt, installWithApt } from "./installPackage.js";

/**
 * Finds a Redis server on the PATH, and installs Debian's package first when there is none and this process may do so.
 *
 * @returns its command
 * @throws RedisStartError with the command that installs one, when this process may not; Error when `apt-get` fails
 */
export async function ensureRedisServer(): Promise<string> {
  if ((await findRedisServer()) === undefined && (await canInstallWithApt())) await installWithApt("redis-server");
  return requireRedisServer();
}
