import type { Redis } from "ioredis";
import { HAND_OUT_COUNTS_PREFIX, PROCESSES_KEY, STRAY_CLUSTERS_KEY, UNKNOWN_POLLS_KEY } from "../../src/store/keys.js";
import { KNOWN_SCHEDDS } from "./schemaValues.js";

/** A digest of the value of each key of the store. */
export type StoreDigest = ReadonlyMap<string, string>;

/**
 * Computes the digests of a few hundred keys in Redis: fetching the whole store would take longer than the fuzzed requests.
 *
 * Members of hashes and sets are sorted, because Redis may reorder them at any time. A stream is capped, so its last id and
 * the number of entries ever added stand for its content.
 */
const DIGEST_SCRIPT = `
  local digests = {}
  for i, key in ipairs(KEYS) do
    local kind = redis.call("TYPE", key).ok
    local parts = {}
    if kind == "string" then
      parts = { redis.call("GET", key) }
    elseif kind == "hash" then
      local flat = redis.call("HGETALL", key)
      for at = 1, #flat, 2 do parts[#parts + 1] = #flat[at] .. ":" .. flat[at] .. flat[at + 1] end
      table.sort(parts)
    elseif kind == "set" then
      parts = redis.call("SMEMBERS", key)
      table.sort(parts)
    elseif kind == "zset" then
      parts = redis.call("ZRANGE", key, 0, -1, "WITHSCORES")
    elseif kind == "stream" then
      local about = redis.call("XINFO", "STREAM", key)
      for at = 1, #about, 2 do
        if about[at] == "last-generated-id" or about[at] == "length" then parts[#parts + 1] = tostring(about[at + 1]) end
      end
    end
    digests[i] = kind .. redis.sha1hex(table.concat(parts, "\\0"))
  end
  return digests
`;

const KEYS_PER_BATCH = 300;

/**
 * Keys that change without the effect of a request, or after it: heartbeats, polls for unknown schedds, numbers of hand-outs,
 * rejected submission reports.
 */
const EXCLUDED_PREFIXES = [PROCESSES_KEY, UNKNOWN_POLLS_KEY, HAND_OUT_COUNTS_PREFIX, STRAY_CLUSTERS_KEY];

/** Computes a digest of every key of the store. Keys of queues, and the {@link EXCLUDED_PREFIXES}, are left out. */
export async function digestStore(redis: Redis): Promise<StoreDigest> {
  const keys: string[] = [];
  const digests = await digestPolls(redis);
  let cursor = "0";
  do {
    const [next, some] = await redis.scan(cursor, "MATCH", "wms:*", "COUNT", 1000);
    keys.push(
      ...some.filter((key) => key !== POLLS_KEY && !EXCLUDED_PREFIXES.some((prefix) => key.startsWith(prefix))),
    );
    cursor = next;
  } while (cursor !== "0");
  for (let at = 0; at < keys.length; at += KEYS_PER_BATCH) {
    const some = keys.slice(at, at + KEYS_PER_BATCH);
    const found = (await redis.eval(DIGEST_SCRIPT, some.length, ...some)) as string[];
    for (const [index, key] of some.entries()) digests.set(key, found[index] ?? "");
  }
  return digests;
}

const POLLS_KEY = "wms:polls";

/** The service records polls up to two seconds late, so polls for known schedds are excluded. */
async function digestPolls(redis: Redis): Promise<Map<string, string>> {
  const unknownSchedds = (await redis.zrange(POLLS_KEY, 0, "-1")).filter((schedd) => !KNOWN_SCHEDDS.includes(schedd));
  return new Map(unknownSchedds.length === 0 ? [] : [[POLLS_KEY, unknownSchedds.sort().join()]]);
}

/** Returns the keys that were added, removed or changed. */
export function changedKeys(before: StoreDigest, after: StoreDigest): string[] {
  const all = new Set([...before.keys(), ...after.keys()]);
  return [...all].filter((key) => before.get(key) !== after.get(key)).sort();
}

/** Keys of pending background work, including taskforces before their launch. */
const PENDING_WORK_KEYS =
  /^wms:\{\d+\}:(dirty|summarizing|deactivating|staging|ix:taskforce:phase:pre-(mq-activation|launch))$/;
/** Milliseconds between two digests: longer than the delay of summaries. */
const POLL_INTERVAL_MS = 150;

/** Waits until no background work is left and two digests in a row are equal. */
export async function waitForQuietStore(redis: Redis, timeoutMs = 30_000): Promise<StoreDigest> {
  const deadline = Date.now() + timeoutMs;
  let last = await digestStore(redis);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
    const now = await digestStore(redis);
    const changed = changedKeys(last, now);
    if (changed.length === 0 && ![...now.keys()].some((key) => PENDING_WORK_KEYS.test(key))) return now;
    if (Date.now() > deadline) throw new Error(`the store keeps changing: ${changed.join(", ")}`);
    last = now;
  }
}
