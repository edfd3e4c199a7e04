import { groupBy } from "../domain/groupBy.js";
import type { TaskforceUuid, TaskId, WorkflowId } from "../domain/ids.js";
import { PHASE_OF_LEASED_QUEUE, type Phase } from "../domain/phases.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { RedisClient } from "../redis/redisClient.js";
import {
  allEntitiesKey,
  deactivatingKey,
  type EntityKind,
  idOfMember,
  indexKey,
  memberOf,
  partitionOf,
  stoppingKey,
} from "./keys.js";
import { runScript } from "./scripts.js";

/** Members of an index that one command reads. A read of a whole large index would block Redis. */
const SCAN_BATCH_SIZE = 500;

/** Reads of the indexes for the lifecycle. `views/query/` reads them for users' queries. */
export class Indexes {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** A workflow's taskforces, oldest first. Batches keep a large workflow from blocking this process. */
  async taskforcesOf(workflow: WorkflowId): Promise<TaskforceUuid[]> {
    const partition = partitionOf(workflow, this.#partitions);
    const key = indexKey(partition, "taskforce", "workflow_id", workflow);
    const found = await this.#readTaskforceRange(key, 0, SCAN_BATCH_SIZE - 1);
    for (let start = SCAN_BATCH_SIZE; found.length === start; start += SCAN_BATCH_SIZE)
      found.push(...(await this.#readTaskforceRange(key, start, start + SCAN_BATCH_SIZE - 1)));
    // A taskforce that is added between two batches with an older timestamp shifts the ranks, and repeats a member.
    return found.length <= SCAN_BATCH_SIZE ? found : [...new Set(found)];
  }

  /** A workflow's task directives, in the order of the request. */
  async tasksOf(workflow: WorkflowId): Promise<TaskId[]> {
    const partition = partitionOf(workflow, this.#partitions);
    const members = await this.#redis.zrange(indexKey(partition, "task", "workflow_id", workflow), 0, "-1");
    return members.map((member) => idOfMember("task", member));
  }

  /** The number of taskforces of a workflow. */
  countTaskforcesOf(workflow: WorkflowId): Promise<number> {
    const partition = partitionOf(workflow, this.#partitions);
    return this.#redis.zcard(indexKey(partition, "taskforce", "workflow_id", workflow));
  }

  /** The number of entities of a kind. */
  async countAll(kind: EntityKind): Promise<number> {
    const keys = Array.from({ length: this.#partitions }, (_, partition) => allEntitiesKey(partition, kind));
    const counts = await Promise.all(keys.map((key) => this.#redis.zcard(key)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** A task's first taskforce. */
  async firstTaskforceOf(task: TaskId): Promise<TaskforceUuid | undefined> {
    const partition = partitionOf(task, this.#partitions);
    const [uuid] = await this.#readTaskforceRange(indexKey(partition, "taskforce", "task_id", task), 0, 0);
    return uuid;
  }

  /**
   * The taskforces of one partition in a phase, in unordered batches. A taskforce that stays in the phase appears at
   * least once.
   */
  async *scanPhase(partition: number, phase: Phase): AsyncGenerator<TaskforceUuid[]> {
    const key = indexKey(partition, "taskforce", "phase", phase);
    for await (const flat of scan((cursor) => this.#redis.zscan(key, cursor, "COUNT", SCAN_BATCH_SIZE)))
      yield flat.filter((_, index) => index % 2 === 0).map((member) => idOfMember("taskforce", member));
  }

  /** The taskforces of one partition that wait to be started or stopped, like {@link scanPhase}. */
  async *scanWaiting(
    partition: number,
    queue: LeasedQueueName,
  ): AsyncGenerator<{ uuid: TaskforceUuid; schedd: string }[]> {
    const key = waitingKey(partition, queue);
    const readBatch = (cursor: string) => runScript(this.#redis, "scanWaiting", [key], [cursor, SCAN_BATCH_SIZE]);
    for await (const flat of scan((cursor) => readBatch(cursor) as Promise<ScanReply>))
      yield flat.flatMap((member, index) =>
        index % 2 === 0 ? [{ uuid: idOfMember("taskforce", member), schedd: flat[index + 1] ?? "" }] : [],
      );
  }

  /** The given taskforces, of any partitions, that do not wait to be started, or stopped. */
  async filterNotWaiting(queue: LeasedQueueName, uuids: readonly TaskforceUuid[]): Promise<TaskforceUuid[]> {
    const waiting = await this.#findMembers(uuids, (partition) => waitingKey(partition, queue));
    return uuids.filter((uuid) => !waiting.has(uuid));
  }

  /** The given taskforces that are in a phase. */
  async filterInPhase(phase: Phase, uuids: readonly TaskforceUuid[]): Promise<TaskforceUuid[]> {
    const found = await this.#findMembers(uuids, (partition) => indexKey(partition, "taskforce", "phase", phase));
    return uuids.filter((uuid) => found.has(uuid));
  }

  async #findMembers(
    uuids: readonly TaskforceUuid[],
    keyOf: (partition: number) => string,
  ): Promise<Set<TaskforceUuid>> {
    const found = new Set<TaskforceUuid>();
    const reads = [...groupBy(uuids, (uuid) => partitionOf(uuid, this.#partitions))].map(async ([partition, mine]) => {
      const scores = await this.#redis.zmscore(keyOf(partition), ...mine.map(memberOf));
      for (const [index, uuid] of mine.entries()) if (scores[index] != null) found.add(uuid);
    });
    await Promise.all(reads);
    return found;
  }

  /** Repairs the entries of taskforces of one partition in the index of those that wait to be stopped. @returns how many */
  async repairStoppingIndex(partition: number, uuids: readonly TaskforceUuid[]): Promise<number> {
    const keys = [allEntitiesKey(partition, "taskforce")];
    return (await runScript(this.#redis, "repairStoppingIndex", keys, uuids.map(memberOf))) as number;
  }

  async #readTaskforceRange(key: string, first: number, last: number): Promise<TaskforceUuid[]> {
    const members = await this.#redis.zrange(key, first, String(last));
    return members.map((member) => idOfMember("taskforce", member));
  }

  /** The workflows of one partition whose deactivation has not reached all their taskforces yet, in batches. */
  async *scanDeactivating(partition: number): AsyncGenerator<WorkflowId[]> {
    const key = deactivatingKey(partition);
    for await (const members of scan((cursor) => this.#redis.sscan(key, cursor, "COUNT", SCAN_BATCH_SIZE)))
      yield members.map((member) => idOfMember("workflow", member));
  }

  /** Records that a deactivation has reached all taskforces of the workflow. */
  async finishDeactivation(workflow: WorkflowId): Promise<void> {
    await this.#redis.srem(deactivatingKey(partitionOf(workflow, this.#partitions)), memberOf(workflow));
  }
}

type ScanReply = [next: string, batch: string[]];

/** The batches of a SCAN command, without the empty ones. */
export async function* scan(readBatch: (cursor: string) => Promise<ScanReply>): AsyncGenerator<string[]> {
  let cursor = "0";
  do {
    const [next, batch] = await readBatch(cursor);
    if (batch.length > 0) yield batch;
    cursor = next;
  } while (cursor !== "0");
}

const waitingKey = (partition: number, queue: LeasedQueueName): string =>
  queue === "stopper"
    ? stoppingKey(partition)
    : indexKey(partition, "taskforce", "phase", PHASE_OF_LEASED_QUEUE[queue]);
