import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** Where a Redis server keeps its data. @returns a text, and how severe it is; undefined: as it should be, or unknown */
export function describePersistence({
  aof_enabled,
  rdb_enabled,
  last_save_ok,
  last_aof_write_ok,
}: Schemas["RedisServerState"]["persistence"]): { text: string; severity?: "error" | "warning" } {
  if (last_save_ok === false || last_aof_write_ok === false) return { text: "cannot write", severity: "error" };
  const kept = [...(aof_enabled ? ["append-only file"] : []), ...(rdb_enabled ? ["snapshots"] : [])];
  if (kept.length > 0) return { text: kept.join(", ") };
  if (aof_enabled === null || rdb_enabled === null) return { text: "unknown" };
  return { text: "nothing is kept", severity: "warning" };
}

/** Whether a queue is paused or holds jobs. */
export const isQueueInUse = ({ paused, waiting, active, delayed, dead }: Schemas["QueueOverview"]): boolean =>
  paused !== false || waiting + active + delayed + dead > 0;
