import type { HostAndPort, RedisLocation } from "../domain/redisLocation.js";

/** The service cannot use or start its Redis. The message is one sentence for the operator. */
export class RedisStartError extends Error {
  override name = "RedisStartError";
}

/** Redis is not there yet, or not ready: the same start may succeed later. */
export class RedisNotReadyError extends RedisStartError {
  override name = "RedisNotReadyError";
}

/** Whether a Redis address is the path of a Unix socket. Like ioredis, it may end with options: `/run/redis.sock?db=2`. */
const isSocketPath = (url: string): boolean => /^\/[^/]/.test(url);

/**
 * Checks the form of a Redis address.
 *
 * @throws RedisStartError
 */
export function validateRedisUrl(url: string): void {
  if (isSocketPath(url)) return;
  // With only one slash, the password would parse as a path, which messages show.
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url))
    throw new RedisStartError("REDIS_URL: is not a redis://host:port, rediss://host:port or unix:///path address");
  const { username, password, pathname } = new URL(url);
  try {
    decodeURIComponent(username + password);
  } catch {
    throw new RedisStartError("REDIS_URL: write a % in the user or password as %25");
  }
  if (!/^\/?\d*$/.test(pathname))
    throw new RedisStartError("REDIS_URL: the database is not a number; write redis://host:port/number");
}

/** Formats a Redis location for messages: without user, password and options. */
export function formatRedisAddress(location: RedisLocation): string {
  if ("clusterNodes" in location) return `the cluster of ${formatNodes(location.clusterNodes)}`;
  if ("sentinels" in location)
    return `the master "${location.masterName}" of the sentinels ${formatNodes(location.sentinels)}`;
  if (isSocketPath(location.url)) return location.url.replace(/\?.*/s, "");
  const { protocol, host, pathname } = new URL(location.url);
  return `${protocol}//${host}${pathname === "/" ? "" : pathname}`;
}

const formatNodes = (nodes: readonly HostAndPort[]): string =>
  nodes.map(({ host, port }) => `${host}:${port}`).join(", ");

/** The setting that names a Redis location; errors begin with it. */
export function locationSettingName(location: RedisLocation): string {
  if ("clusterNodes" in location) return "REDIS_CLUSTER_NODES";
  return "sentinels" in location ? "REDIS_SENTINELS" : "REDIS_URL";
}

/** The message for an unreachable Redis. */
export const unreachableMessage = (location: RedisLocation): string =>
  `${locationSettingName(location)}: cannot reach ${formatRedisAddress(location)}`;
