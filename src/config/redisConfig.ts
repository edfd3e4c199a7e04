import type { RedisLocation } from "../domain/redisLocation.js";
import { ConfigError, type Settings } from "./settings.js";

/** Settings that are valid only together with one of the settings that select a Redis. */
const REQUIRED_WITH = {
  REDIS_SENTINEL_NAME: ["REDIS_SENTINELS"],
  REDIS_SENTINEL_PASSWORD: ["REDIS_SENTINELS"],
  REDIS_USERNAME: ["REDIS_CLUSTER_NODES", "REDIS_SENTINELS"],
  REDIS_PASSWORD: ["REDIS_CLUSTER_NODES", "REDIS_SENTINELS"],
  REDIS_TLS: ["REDIS_CLUSTER_NODES", "REDIS_SENTINELS"],
} as const satisfies { [name in keyof Settings]?: (keyof Settings)[] };

/**
 * Reads which Redis to use; undefined: the service starts its own.
 *
 * @throws ConfigError for settings that contradict each other or are incomplete
 */
export function readRedisConfig(env: Settings): RedisLocation | undefined {
  const [chosen, other] = (["REDIS_URL", "REDIS_CLUSTER_NODES", "REDIS_SENTINELS"] as const).filter(
    (name) => env[name] !== undefined,
  );
  if (other !== undefined) throw new ConfigError(`${other}: can't be combined with ${chosen}`);
  for (const [name, choices] of Object.entries(REQUIRED_WITH))
    if (env[name as keyof typeof REQUIRED_WITH] !== undefined && !choices.some((choice) => choice === chosen))
      throw new ConfigError(`${name}: needs ${choices.join(" or ")}`);
  if (env.REDIS_URL !== undefined) return { url: env.REDIS_URL };
  const login = {
    username: env.REDIS_USERNAME,
    password: env.REDIS_PASSWORD,
    tls: env.REDIS_TLS ?? false,
  };
  if (env.REDIS_CLUSTER_NODES !== undefined) return { clusterNodes: env.REDIS_CLUSTER_NODES, login };
  if (env.REDIS_SENTINELS === undefined) return undefined;
  if (env.REDIS_SENTINEL_NAME === undefined)
    throw new ConfigError("REDIS_SENTINEL_NAME: must be set too when REDIS_SENTINELS is");
  return {
    sentinels: env.REDIS_SENTINELS,
    masterName: env.REDIS_SENTINEL_NAME,
    sentinelPassword: env.REDIS_SENTINEL_PASSWORD,
    login,
  };
}
