import { batchesOf } from "../domain/batchesOf.js";
import type { WorkflowId } from "../domain/ids.js";
import { listMasters, unwrapReplies } from "../redis/redisClient.js";
import { scan } from "./indexes.js";
import { idOfMember, workflowMemberOf } from "./keys.js";
import type { Store } from "./store.js";

/** What keys hold, with the pattern of their names; the first that fits counts. */
const KINDS: readonly [name: string, pattern: RegExp][] = [
  ["taskforces", /^wms:\{\d+\}:taskforce:/],
  ["task directives", /^wms:\{\d+\}:task:/],
  ["workflows", /^wms:\{\d+\}:workflow:/],
  ["summaries", /^wms:\{\d+\}:summary:/],
  ["histories", /^wms:\{\d+\}:history:/],
  ["mq-profiles", /^wms:\{\d+\}:profiles:/],
  ["indexes", /^wms:\{\d+\}:ix:/],
  ["configurations", /^wms:\{\d+\}:configurations$/],
  ["events", /^wms:\{\d+\}:events$/],
  ["marks of requests", /^wms:\{\d+\}:(idempotency|undelivered):/],
  ["tombstones of removed workflows", /^wms:\{\d+\}:archived:/],
  ["queues", /^\{wmsq-/],
  ["embedded MQS", /^mqs:/],
  ["other keys of the service", /^wms:/],
];
const OTHER = "keys of other programs";

/** The workflow to which a key belongs. */
const WORKFLOW_KEY = /^wms:\{\d+\}:(?:workflow|task|taskforce|summary|history|profiles):(.+)$/;

/** Keys of one read. */
const BATCH_SIZE = 500;

/** The keys of one kind. */
export interface KindUsage {
  kind: string;
  keys: number;
  bytes: number;
}

/** The records, summary, history and profiles of one workflow. */
export interface WorkflowUsage {
  id: WorkflowId;
  bytes: number;
}

/** What the data of the service takes in Redis. */
export interface MemoryUsage {
  /** The largest first. */
  kinds: KindUsage[];
  /** The largest first. */
  largest: WorkflowUsage[];
}

/**
 * Measures all keys. Redis is not blocked: it reads in batches. Memory that Redis needs besides keys is left out.
 *
 * @param options `largest`: the number of workflows to list. `onProgress` gets the number of keys so far
 */
export async function measureMemory(
  { redis }: Pick<Store, "redis">,
  { largest, onProgress }: { largest: number; onProgress: (keys: number) => void },
): Promise<MemoryUsage> {
  const kinds = new Map<string, KindUsage>();
  const workflows = new Map<string, number>();
  let count = 0;
  // A key may come twice, which no decision depends on.
  for (const master of listMasters(redis))
    for await (const keys of scan((cursor) => master.scan(cursor, "COUNT", BATCH_SIZE)))
      for (const batch of batchesOf(keys, BATCH_SIZE)) {
        const pipeline = master.pipeline();
        for (const key of batch) pipeline.memory("USAGE", key);
        const sizes = unwrapReplies<number | null>(await pipeline.exec());
        for (const [index, key] of batch.entries()) {
          const bytes = sizes[index] ?? 0;
          const kind = KINDS.find(([, pattern]) => pattern.test(key))?.[0] ?? OTHER;
          const usage = kinds.get(kind) ?? { kind, keys: 0, bytes: 0 };
          kinds.set(kind, usage);
          usage.keys++;
          usage.bytes += bytes;
          const member = WORKFLOW_KEY.exec(key)?.[1];
          if (member !== undefined) {
            const workflow = workflowMemberOf(member);
            workflows.set(workflow, (workflows.get(workflow) ?? 0) + bytes);
          }
        }
        count += batch.length;
        onProgress(count);
      }
  const bySize = [...workflows].sort(([, one], [, other]) => other - one).slice(0, largest);
  return {
    kinds: [...kinds.values()].sort((one, other) => other.bytes - one.bytes),
    largest: bySize.map(([member, bytes]) => ({ id: idOfMember("workflow", member), bytes })),
  };
}
