import type { TaskforceUuid, TaskId, WorkflowId } from "../domain/ids.js";
import type { Phase } from "../domain/phases.js";
import type { RedisClient } from "../redis/client.js";
import { deactivatingKey, idOfMember, indexKey, memberOf, partitionOf } from "./keys.js";

/** Reads of the indexes that the lifecycle needs; queries of users walk them in `query/`. */
export class Indexes {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** A workflow's taskforces, oldest first. */
  async taskforcesOf(workflow: WorkflowId): Promise<TaskforceUuid[]> {
    const partition = partitionOf(workflow, this.#partitions);
    return this.#taskforces(indexKey(partition, "taskforce", "workflow_id", workflow));
  }

  /** A workflow's task directives, in their order. */
  async tasksOf(workflow: WorkflowId): Promise<TaskId[]> {
    const partition = partitionOf(workflow, this.#partitions);
    const members = await this.#redis.zrange(indexKey(partition, "task", "workflow_id", workflow), 0, "-1");
    return members.map((member) => idOfMember("task", member));
  }

  /** How many taskforces a workflow has. */
  countTaskforcesOf(workflow: WorkflowId): Promise<number> {
    const partition = partitionOf(workflow, this.#partitions);
    return this.#redis.zcard(indexKey(partition, "taskforce", "workflow_id", workflow));
  }

  /** A task's first taskforce. */
  async firstTaskforceOf(task: TaskId): Promise<TaskforceUuid | undefined> {
    const partition = partitionOf(task, this.#partitions);
    const [uuid] = await this.#taskforces(indexKey(partition, "taskforce", "task_id", task), 0);
    return uuid;
  }

  /** The taskforces of one partition that are in a phase, oldest first. */
  async inPhase(partition: number, phase: Phase): Promise<TaskforceUuid[]> {
    return this.#taskforces(indexKey(partition, "taskforce", "phase", phase));
  }

  async #taskforces(key: string, last = -1): Promise<TaskforceUuid[]> {
    const members = await this.#redis.zrange(key, 0, String(last));
    return members.map((member) => idOfMember("taskforce", member));
  }

  /** The workflows of one partition whose deactivation has not reached all their taskforces yet. */
  async deactivating(partition: number): Promise<WorkflowId[]> {
    const members = await this.#redis.smembers(deactivatingKey(partition));
    return members.map((member) => idOfMember("workflow", member));
  }

  /** A deactivation has reached all taskforces. */
  async deactivated(workflow: WorkflowId): Promise<void> {
    await this.#redis.srem(deactivatingKey(partitionOf(workflow, this.#partitions)), memberOf(workflow));
  }
}
