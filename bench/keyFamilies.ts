import type { Redis } from "ioredis";

/** Matches keys whose number grows with the number of entities. */
const ENTITY_KEY_FAMILY =
  /^wms:\{p\}:((workflow|task|taskforce|summary|profiles):<id>|ix:.*|ix:taskforce:(workflow_id|task_id|cluster_id|job_event_log_fpath):.*)$/;

/** Counts the keys of each family, without those of entities. A family is a key with placeholders for ids and numbers. */
export async function countKeyFamilies(redis: Redis): Promise<Map<string, number>> {
  const families = new Map<string, number>();
  let cursor = "0";
  do {
    const [next, keys] = await redis.scan(cursor, "COUNT", 1000);
    cursor = next;
    for (const key of keys) {
      const family = familyOf(key);
      if (!ENTITY_KEY_FAMILY.test(family)) families.set(family, (families.get(family) ?? 0) + 1);
    }
  } while (cursor !== "0");
  return families;
}

const familyOf = (key: string): string =>
  key
    .replace(/^wms:\{\d+\}/, "wms:{p}")
    .replace(/^\{wmsq-[^}]*\}:[^:]*/, "{queue}")
    .replace(/(WF-|TK-|TF-)?[0-9a-f]{6,}(-[0-9a-f]{8})+/g, "<id>")
    .replace(/partition-\d+/, "partition-<p>")
    .replace(/(idempotency|undelivered|requests):.*/, "$1:<name>")
    .replace(/^(wms:\{processes\}):.*/, "$1:<id>")
    .replace(/^mqs:\{[^}]*\}:.*/, "mqs:…");
