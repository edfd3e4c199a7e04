import type { WorkflowId } from "../domain/ids.js";
import type { MqProfile } from "../domain/mqProfile.js";
import type { RedisClient } from "../redis/redisClient.js";
import { partitionOf, profilesKey, recordKey } from "./keys.js";

/** The activated mq-profiles of each workflow. They never change after activation, so one call of the MQS suffices. */
export class MqProfiles {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** Saves the profiles from activation, and marks the queues of the workflow as active. */
  async saveActivated(workflow: WorkflowId, profiles: readonly MqProfile[]): Promise<void> {
    const partition = partitionOf(workflow, this.#partitions);
    const multi = this.#redis.multi();
    for (const profile of profiles) multi.hset(profilesKey(partition, workflow), profile.mqid, JSON.stringify(profile));
    multi.hset(recordKey(partition, "workflow", workflow), "mq_activated", 1);
    await multi.exec();
  }

  /** Saves one more profile, which the service fetched by its id. */
  async save(workflow: WorkflowId, profile: MqProfile): Promise<void> {
    const partition = partitionOf(workflow, this.#partitions);
    await this.#redis.hset(profilesKey(partition, workflow), profile.mqid, JSON.stringify(profile));
  }

  /** All profiles of a workflow as JSON text, in any order. */
  async fetchAll(workflow: WorkflowId): Promise<string[]> {
    return this.#redis.hvals(profilesKey(partitionOf(workflow, this.#partitions), workflow));
  }

  /** Profiles as JSON text, in the order of the ids; null where none is stored. */
  async fetch(workflow: WorkflowId, mqids: readonly string[]): Promise<(string | null)[]> {
    if (mqids.length === 0) return [];
    return this.#redis.hmget(profilesKey(partitionOf(workflow, this.#partitions), workflow), ...mqids);
  }
}
