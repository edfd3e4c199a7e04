import { findRedisServer, requireRedisServer } from "../../src/redis/redisExecutable.js";
import { canInstallWithApt, installWithApt } from "./installPackage.js";

/**
 * Finds a Redis server on the PATH. Installs Debian's package first if there is none and this process may install packages.
 *
 * @returns its command
 * @throws RedisStartError with the install command if this process may not install packages; Error if `apt-get` fails
 */
export async function ensureRedisServer(): Promise<string> {
  if ((await findRedisServer()) === undefined && (await canInstallWithApt())) await installWithApt("redis-server");
  return requireRedisServer();
}
