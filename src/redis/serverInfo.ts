import type { Redis } from "ioredis";
import type { RedisServerState } from "../domain/system.js";
import { formatServer, infoField, listMasters, type RedisClient, readConfigValue } from "./redisClient.js";

/** Reads the state of the master, or of every master of a cluster. Costs two commands for each. */
export const readServers = (client: RedisClient): Promise<RedisServerState[]> =>
  Promise.all(listMasters(client).map(readServer));

async function readServer(redis: Redis): Promise<RedisServerState> {
  const [info, save] = await Promise.all([redis.info().catch(() => ""), readConfigValue(redis, "save")]);
  const text = (field: string): string | null => infoField(info, field) ?? null;
  const number = (field: string): number | null => {
    const value = text(field);
    return value === null ? null : Number(value);
  };
  const isOk = (field: string): boolean | null => {
    const value = text(field);
    return value === null ? null : value === "ok";
  };
  const role = text("role");
  const isAofOn = number("aof_enabled");
  return {
    address: formatServer(redis),
    version: text("redis_version"),
    role: role === null ? null : role === "master" ? "master" : "replica",
    used_memory_bytes: number("used_memory"),
    max_memory_bytes: number("maxmemory"),
    persistence: {
      aof_enabled: isAofOn === null ? null : isAofOn === 1,
      rdb_enabled: save === undefined ? null : save !== "",
      last_save_ok: isOk("rdb_last_bgsave_status"),
      last_save: number("rdb_last_save_time"),
      last_aof_write_ok: isOk("aof_last_write_status"),
      last_fork_us: number("latest_fork_usec"),
      aof_delayed_fsyncs: number("aof_delayed_fsync"),
    },
    replicas: readReplicas(info, number("master_repl_offset")),
  };
}

/** Parses lines such as `slave0:ip=10.0.0.2,port=6379,state=online,offset=1234,lag=0`. */
function readReplicas(info: string, masterOffset: number | null): RedisServerState["replicas"] {
  return [...info.matchAll(/^slave\d+:(\S+)/gm)].map(([, line = ""]) => {
    const fields = new Map(line.split(",").map((part) => part.split("=", 2) as [string, string]));
    const number = (field: string): number | null => (fields.has(field) ? Number(fields.get(field)) : null);
    const offset = number("offset");
    return {
      address: fields.has("ip") ? `${fields.get("ip")}:${fields.get("port")}` : null,
      state: fields.get("state") ?? null,
      lag_bytes: offset === null || masterOffset === null ? null : Math.max(0, masterOffset - offset),
      lag_seconds: number("lag"),
    };
  });
}

/** Whether a server writes what it must keep to its disk; undefined where it forbids INFO. */
export function isPersistenceOk({ persistence }: RedisServerState): boolean | undefined {
  const { last_save_ok, last_aof_write_ok } = persistence;
  if (last_save_ok === null && last_aof_write_ok === null) return undefined;
  return last_save_ok !== false && last_aof_write_ok !== false;
}
