import {
  newTaskforceUuid,
  newTaskId,
  newWorkflowId,
  type TaskforceUuid,
  type WorkflowId,
} from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { eventsKey, MAX_STREAM_ENTRIES, memberOf, partitionOf } from "../../../src/store/keys.js";

/** The id of a workflow in a given partition. */
export function newWorkflowInPartition(partition: number, partitions: number): WorkflowId {
  for (;;) {
    const id = newWorkflowId(Date.now() / 1000);
    if (partitionOf(id, partitions) === partition) return id;
  }
}

/** Taskforces of a workflow that is not stored. */
export function newTaskforceUuids(workflow: WorkflowId, count: number): TaskforceUuid[] {
  const task = newTaskId(workflow);
  return Array.from({ length: count }, () => newTaskforceUuid(task));
}

/** Appends an event about taskforces of one workflow like the scripts, but with any number of taskforces. */
export async function appendPhaseEvent(
  redis: RedisClient,
  partition: number,
  taskforces: readonly TaskforceUuid[],
): Promise<void> {
  const head = ["phase", Date.now() / 1000, "pending-starter", 1, "pre-launch", "SCHEDD1"];
  const text = JSON.stringify([...head, ...taskforces.map(memberOf)]);
  await redis.xadd(eventsKey(partition), "MAXLEN", "~", MAX_STREAM_ENTRIES, "*", "e", text);
}

/** Appends enough events to trim all present ones. */
export async function overflowStream(redis: RedisClient, partition: number): Promise<void> {
  const pipeline = redis.pipeline();
  for (let n = 0; n < MAX_STREAM_ENTRIES + 200; n++)
    pipeline.xadd(eventsKey(partition), "MAXLEN", "~", MAX_STREAM_ENTRIES, "*", "e", '["of no interest"]');
  await pipeline.exec();
}
