import { batchesOf } from "../domain/batchesOf.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import { DEFAULT_PRIORITY } from "../domain/taskforce.js";
import { type RedisClient, unwrapReplies } from "../redis/redisClient.js";
import { scan } from "./indexes.js";
import { allEntitiesKey, type EntityKind, idOfMember, indexKey, recordKey } from "./keys.js";
import { areIndexesComplete, markIndexesComplete } from "./layout.js";
import { runScript } from "./scripts.js";

/** Indexes that data of earlier releases lacks until {@link completeIndexes} has added them. */
const LATER_INDEXES: ReadonlySet<string> = new Set(["deactivated", "task_image", "priority", "errors", "failures"]);

/** Members of one step: it blocks Redis for about 2 ms. */
const BATCH_SIZE = 250;

/** Which indexes queries may use. */
export class IndexCompleteness {
  readonly #redis: RedisClient;
  #isKnownComplete = false;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Reads whether the index of a field holds all entities. */
  async read(): Promise<(field: string) => boolean> {
    this.#isKnownComplete ||= await areIndexesComplete(this.#redis);
    return this.#isKnownComplete ? () => true : (field) => !LATER_INDEXES.has(field);
  }
}

/**
 * Adds the entities of an earlier release to the indexes that it does not have. Processes of that release must have ended:
 * they do not maintain these indexes.
 *
 * @returns the number of added entities; undefined when the indexes are complete already
 */
export async function completeIndexes({
  redis,
  partitions,
}: {
  redis: RedisClient;
  partitions: number;
}): Promise<number | undefined> {
  if (await areIndexesComplete(redis)) return undefined;
  let count = 0;
  for (let partition = 0; partition < partitions; partition++) {
    for (const kind of ["workflow", "taskforce"] as const)
      for await (const members of scanMembers(redis, kind, partition)) {
        const values = [kind, DEFAULT_PRIORITY, ...members.map(([member]) => member)];
        await runScript(redis, "addMissingIndexes", [allEntitiesKey(partition, kind)], values);
        count += members.length;
      }
    for await (const members of scanMembers(redis, "task", partition)) {
      await addTaskImages(redis, partition, members);
      count += members.length;
    }
  }
  await markIndexesComplete(redis);
  return count;
}

type MemberWithScore = [member: string, score: string];

async function* scanMembers(
  redis: RedisClient,
  kind: EntityKind,
  partition: number,
): AsyncGenerator<MemberWithScore[]> {
  const key = allEntitiesKey(partition, kind);
  for await (const flat of scan((cursor) => redis.zscan(key, cursor, "COUNT", BATCH_SIZE)))
    yield [...batchesOf(flat, 2)] as MemberWithScore[];
}

/** A directive never changes, so its index needs no script. */
async function addTaskImages(
  redis: RedisClient,
  partition: number,
  members: readonly MemberWithScore[],
): Promise<void> {
  const reads = redis.pipeline();
  for (const [member] of members) reads.hget(recordKey(partition, "task", idOfMember("task", member)), "doc");
  const docs = unwrapReplies<string | null>(await reads.exec());
  const writes = redis.pipeline();
  for (const [index, [member, score]] of members.entries()) {
    const image = (JSON.parse(docs[index] ?? "{}") as Partial<TaskDirective>).task_image ?? "";
    if (image !== "") writes.zadd(indexKey(partition, "task", "task_image", image), score, member);
  }
  unwrapReplies(await writes.exec());
}
