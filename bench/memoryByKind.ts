import type { Redis } from "ioredis";
import { markdownTable } from "./figures.js";

/** Number of sampled keys: enough for an error of a few percent for rare kinds. */
const SAMPLED_KEYS = 20_000;
const BATCH_SIZE = 500;

/** Kinds of keys; the first matching pattern determines the kind. */
const KEY_KINDS: [kind: string, pattern: RegExp][] = [
  ["taskforce's record", /^wms:\{\d+\}:taskforce:/],
  ["directive's record", /^wms:\{\d+\}:task:/],
  ["workflow's record", /^wms:\{\d+\}:workflow:/],
  ["configurations", /^wms:\{\d+\}:configurations$/],
  ["summary", /^wms:\{\d+\}:summary:/],
  ["history", /^wms:\{\d+\}:history:/],
  ["index of all of a kind", /^wms:\{\d+\}:ix:(workflow|task|taskforce)$/],
  ["index by workflow_id", /^wms:\{\d+\}:ix:taskforce:workflow_id:/],
  ["index of tasks by workflow_id", /^wms:\{\d+\}:ix:task:workflow_id:/],
  ["index by task_id", /^wms:\{\d+\}:ix:taskforce:task_id:/],
  ["index by schedd", /^wms:\{\d+\}:ix:taskforce:schedd:/],
  ["index by phase", /^wms:\{\d+\}:ix:taskforce:(phase:|stopping)/],
  ["index by cluster_id", /^wms:\{\d+\}:ix:taskforce:cluster_id:/],
  ["index by job_event_log_fpath", /^wms:\{\d+\}:ix:taskforce:job_event_log_fpath:/],
  ["index by priority", /^wms:\{\d+\}:ix:taskforce:priority:/],
  ["index of errors and failures", /^wms:\{\d+\}:ix:taskforce:(errors|failures):/],
  ["index by task_image", /^wms:\{\d+\}:ix:task:task_image:/],
  ["index by deactivated", /^wms:\{\d+\}:ix:workflow:deactivated:/],
  ["streams of events", /^wms:\{\d+\}:events$/],
  ["queue: job", /^\{wmsq-st[^}]*\}:.*:TF-/],
  ["queue: sorted set", /^\{wmsq-st[^}]*\}:.*:(prioritized|delayed|failed)$/],
];

/** Patterns of few keys with very many members. They are measured one by one, because a sample would miss them. */
const RARE_KINDS = new Set([
  "index of all of a kind",
  "index by schedd",
  "index by phase",
  "index by job_event_log_fpath",
  "index by priority",
  "index of errors and failures",
  "index by task_image",
  "index by deactivated",
  "streams of events",
  "configurations",
  "queue: sorted set",
]);

/** The kind of a key; `other` if no pattern matches. */
export const keyKindOf = (key: string): string => KEY_KINDS.find(([, pattern]) => pattern.test(key))?.[0] ?? "other";

interface KindTotal {
  keys: number;
  bytes: number;
}

/**
 * Estimates the memory of each kind of key from a random sample and from all large keys.
 *
 * @param taskforces the number by which the bytes are divided
 * @returns a table
 */
export async function memoryByKindTable(redis: Redis, taskforces: number): Promise<string> {
  const sums = new Map<string, KindTotal>();
  const add = (kind: string, keys: number, bytes: number) => {
    const sum = sums.get(kind) ?? { keys: 0, bytes: 0 };
    sums.set(kind, { keys: sum.keys + keys, bytes: sum.bytes + bytes });
  };
  const few = await findRareKeys(redis);
  for (const { key, bytes } of await measureKeys(redis, few)) add(keyKindOf(key), 1, bytes);
  const many = (await redis.dbsize()) - few.length;
  const drawn = (await measureKeys(redis, await sampleKeys(redis))).filter(
    ({ key }) => !RARE_KINDS.has(keyKindOf(key)),
  );
  for (const { key, bytes } of drawn) add(keyKindOf(key), many / drawn.length, (bytes * many) / drawn.length);

  const rows = [...sums]
    .sort(([, a], [, b]) => b.bytes - a.bytes)
    .map(([kind, { keys, bytes }]) => [
      kind,
      Math.round(keys),
      Math.round(bytes / Math.max(1, keys)),
      Math.round(bytes / taskforces),
    ]);
  return markdownTable(["kind of key", "keys", "bytes each", "bytes a taskforce"], rows);
}

async function findRareKeys(redis: Redis): Promise<string[]> {
  const keys: string[] = [];
  for (const pattern of ["wms:{*}:ix:*", "wms:{*}:events", "wms:{*}:configurations", "{wmsq-st*"]) {
    let cursor = "0";
    do {
      const [next, some] = await redis.scan(cursor, "MATCH", pattern, "COUNT", 2000);
      cursor = next;
      keys.push(...some.filter((key) => RARE_KINDS.has(keyKindOf(key))));
    } while (cursor !== "0");
  }
  return [...new Set(keys)];
}

async function sampleKeys(redis: Redis): Promise<string[]> {
  const keys: string[] = [];
  while (keys.length < SAMPLED_KEYS) {
    const pipeline = redis.pipeline();
    for (let n = 0; n < BATCH_SIZE; n++) pipeline.randomkey();
    for (const [, key] of (await pipeline.exec()) ?? []) if (typeof key === "string") keys.push(key);
  }
  return keys;
}

async function measureKeys(redis: Redis, keys: readonly string[]): Promise<{ key: string; bytes: number }[]> {
  const found: { key: string; bytes: number }[] = [];
  for (let start = 0; start < keys.length; start += BATCH_SIZE) {
    const some = keys.slice(start, start + BATCH_SIZE);
    const pipeline = redis.pipeline();
    // A sample of the members, like redis-cli: a whole large set would take seconds.
    for (const key of some) pipeline.call("MEMORY", "USAGE", key, "SAMPLES", 50);
    const replies = (await pipeline.exec()) ?? [];
    for (const [index, key] of some.entries()) found.push({ key, bytes: Number(replies[index]?.[1] ?? 0) });
  }
  return found;
}
