import type { HostAndPort, RedisLocation } from "../domain/redisLocation.js";
import { RedisStartError } from "./redisStartError.js";

/**
 * Checks the form of a Redis address.
 *
 * @throws RedisStartError
 */
export function validateRedisUrl(url: string): void {
  // With one slash, what is meant as a password would be a path, which is shown.
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url))
    throw new RedisStartError("REDIS_URL: is no redis://host:port or rediss://host:port address");
  const { username, password, pathname } = new URL(url);
  try {
    decodeURIComponent(username + password);
  } catch {
    throw new RedisStartError("REDIS_URL: its user or password holds a % that must be written as %25");
  }
  if (!/^\/?\d*$/.test(pathname))
    throw new RedisStartError("REDIS_URL: names a database that is no number: redis://host:port/number");
}

/** Where the data lies, as people may see it: without user, password and options. */
export function formatRedisAddress(location: RedisLocation): string {
  if ("clusterNodes" in location) return `the cluster of ${formatNodes(location.clusterNodes)}`;
  if ("sentinels" in location)
    return `the master "${location.masterName}" of the sentinels ${formatNodes(location.sentinels)}`;
  const { protocol, host, pathname } = new URL(location.url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

const formatNodes = (nodes: readonly HostAndPort[]): string =>
  nodes.map(({ host, port }) => `${host}:${port}`).join(", ");

/** The setting that says where the data lies: what goes wrong there is told of it. */
export function locationSettingName(location: RedisLocation): string {
  if ("clusterNodes" in location) return "REDIS_CLUSTER_NODES";
  return "sentinels" in location ? "REDIS_SENTINELS" : "REDIS_URL";
}

/** How people are told that nothing answers where the data should be. */
export const unreachableMessage = (location: RedisLocation): string =>
  `${locationSettingName(location)}: cannot reach ${formatRedisAddress(location)}`;
