import type { RedisLocation, RedisTls } from "../domain/redisLocation.js";
import { readSettingFile } from "./settingFile.js";
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
  const { REDIS_URL: url } = env;
  const isEncrypted = url === undefined ? env.REDIS_TLS === true : url.startsWith("rediss:");
  const tls = readTls(env, isEncrypted);
  if (url !== undefined) return { url: socketPathOf(url), ...(tls && { tls }) };
  const login = { username: env.REDIS_USERNAME, password: env.REDIS_PASSWORD, tls };
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

/** Settings of TLS connections. */
const TLS_SETTINGS = ["REDIS_TLS_CA", "REDIS_TLS_CERT", "REDIS_TLS_KEY", "REDIS_TLS_SERVER_NAME"] as const;

/** @returns undefined for a Redis without TLS */
function readTls(env: Settings, isEncrypted: boolean): RedisTls | undefined {
  const given = TLS_SETTINGS.find((name) => env[name] !== undefined);
  if (!isEncrypted) {
    if (given === undefined) return undefined;
    throw new ConfigError(`${given}: needs REDIS_TLS=true, or a REDIS_URL that begins with rediss://`);
  }
  if ((env.REDIS_TLS_CERT === undefined) !== (env.REDIS_TLS_KEY === undefined))
    throw new ConfigError("REDIS_TLS_CERT, REDIS_TLS_KEY: set both, or neither");
  return {
    ca: readPem(env, "REDIS_TLS_CA"),
    cert: readPem(env, "REDIS_TLS_CERT"),
    key: readPem(env, "REDIS_TLS_KEY"),
    servername: env.REDIS_TLS_SERVER_NAME,
  };
}

function readPem(env: Settings, setting: "REDIS_TLS_CA" | "REDIS_TLS_CERT" | "REDIS_TLS_KEY"): string | undefined {
  const path = env[setting];
  if (path === undefined) return undefined;
  const text = readSettingFile(setting, path);
  if (!text.includes("-----BEGIN ")) throw new ConfigError(`${setting}: ${path} is not in PEM format`);
  return text;
}

/** `unix:///path?db=2`, also with a user and a password: `unix://user:password@/path`. */
const UNIX_ADDRESS = /^unix:(?:\/\/(?:([^@/:]*)(?::([^@/]*))?@)?)?(\/[^/?][^?]*)(?:\?(.*))?$/;

/**
 * Returns the path of a `unix:` address with its options, and any other address as it is.
 *
 * @throws ConfigError for an address without a path
 */
function socketPathOf(url: string): string {
  if (!url.startsWith("unix:")) return url;
  const [, username = "", password = "", path, options] = UNIX_ADDRESS.exec(url) ?? [];
  if (path === undefined) throw new ConfigError("REDIS_URL: expected unix:///path of a socket");
  try {
    const query = new URLSearchParams(options);
    if (username !== "") query.set("username", decodeURIComponent(username));
    if (password !== "") query.set("password", decodeURIComponent(password));
    return decodeURIComponent(path) + (query.size === 0 ? "" : `?${query}`);
  } catch {
    throw new ConfigError("REDIS_URL: write a % in the path, user or password as %25");
  }
}
