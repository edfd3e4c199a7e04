import type { WorkflowId } from "../domain/ids.js";
import type { WorkflowSummary } from "../domain/summary.js";
import type { RedisClient } from "../redis/client.js";
import { tellEvent } from "./eventStreams.js";
import { dirtyKey, idOfMember, memberOf, partitionOf, summarizingKey, summaryKey } from "./keys.js";

/** Summaries, and which of them are out of date: every script that changes a taskforce marks its workflow dirty. */
export class Summaries {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** A workflow's summary, as far as the status fan-out got. One that an earlier release wrote is none: it tells too little. */
  async fetch(workflow: WorkflowId): Promise<WorkflowSummary | undefined> {
    const text = await this.#redis.get(summaryKey(partitionOf(workflow, this.#partitions), workflow));
    const summary = text === null ? undefined : (JSON.parse(text) as Partial<WorkflowSummary>);
    return summary?.waits === undefined ? undefined : (summary as WorkflowSummary);
  }

  /** Whether a workflow's summary, if it has one, tells of all that was stored until now. */
  async isCurrent(workflow: WorkflowId): Promise<boolean> {
    const partition = partitionOf(workflow, this.#partitions);
    // In one transaction: between two looks it could go from one set to the other.
    const multi = this.#redis.multi();
    for (const key of [dirtyKey(partition), summarizingKey(partition)])
      multi.sismember(key, memberOf(workflow));
    const results = (await multi.exec()) ?? [];
    return results.every(([, isMember]) => isMember === 0);
  }

  /** Replaces a workflow's summary, which then is no longer in the making. */
  async save(workflow: WorkflowId, summary: WorkflowSummary): Promise<void> {
    const partition = partitionOf(workflow, this.#partitions);
    const multi = this.#redis.multi();
    multi.set(summaryKey(partition, workflow), JSON.stringify(summary));
    multi.srem(summarizingKey(partition), memberOf(workflow));
    tellEvent(multi, partition, { kind: "summary", workflow });
    await multi.exec();
  }

  /** How many workflows of a partition are dirty. */
  dirtyCount(partition: number): Promise<number> {
    return this.#redis.scard(dirtyKey(partition));
  }

  /**
   * Takes some dirty workflows of a partition. Until their summaries are saved they are remembered as being in the making, so
   * that a crash in between loses none.
   */
  async takeDirty(partition: number, count: number): Promise<WorkflowId[]> {
    const members = await this.#redis.srandmember(dirtyKey(partition), count);
    const multi = this.#redis.multi();
    for (const member of members) multi.smove(dirtyKey(partition), summarizingKey(partition), member);
    if (members.length > 0) await multi.exec();
    return members.map((member) => idOfMember("workflow", member));
  }

  /** Marks those dirty again whose summary was in the making, perhaps in a process that died. */
  async restoreDirty(partition: number): Promise<void> {
    const members = await this.#redis.smembers(summarizingKey(partition));
    if (members.length > 0) await this.#redis.sadd(dirtyKey(partition), ...members);
  }
}
