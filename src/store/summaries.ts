import { randomUUID } from "node:crypto";
import type { WorkflowId } from "../domain/ids.js";
import type { WorkflowSummary } from "../domain/summary.js";
import type { RedisClient } from "../redis/redisClient.js";
import { dirtyKey, idOfMember, memberOf, partitionOf, summaryKey, summaryLeasesKey } from "./keys.js";
import { runScript } from "./scripts.js";

/** The right to replace a workflow's summary. It ends when somebody else takes it: whoever slept meanwhile knows old sums. */
export interface SummaryLease {
  workflow: WorkflowId;
  /** Told from all other turns by this. */
  leaseId: string;
}

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
    multi.sismember(dirtyKey(partition), memberOf(workflow));
    multi.hexists(summaryLeasesKey(partition), memberOf(workflow));
    const results = (await multi.exec()) ?? [];
    return results.every(([, isMember]) => isMember === 0);
  }

  /** Replaces a workflow's summary, which then is no longer in the making. @returns false when the turn was over */
  async save({ workflow, leaseId }: SummaryLease, summary: WorkflowSummary): Promise<boolean> {
    const partition = partitionOf(workflow, this.#partitions);
    const keys = [summaryKey(partition, workflow), summaryLeasesKey(partition)];
    const values = [memberOf(workflow), leaseId, JSON.stringify(summary)];
    return (await runScript(this.#redis, "saveSummary", keys, values)) === 1;
  }

  /** How many workflows of a partition are dirty. */
  dirtyCount(partition: number): Promise<number> {
    return this.#redis.scard(dirtyKey(partition));
  }

  /**
   * Takes some dirty workflows of a partition. Until their summaries are saved they are remembered as being in the making, so
   * that a crash in between loses none.
   */
  async claimDirty(partition: number, limit: number): Promise<SummaryLease[]> {
    const members = await this.#redis.srandmember(dirtyKey(partition), limit);
    if (members.length === 0) return [];
    const name = randomUUID();
    await this.#redis
      .multi()
      .srem(dirtyKey(partition), ...members)
      .hset(summaryLeasesKey(partition), Object.fromEntries(members.map((member) => [member, name])))
      .exec();
    return members.map((member) => ({ workflow: idOfMember("workflow", member), leaseId: name }));
  }

  /** Marks those dirty again whose summary was in the making, perhaps in a process that died. */
  async markLeasedDirty(partition: number): Promise<void> {
    const members = await this.#redis.hkeys(summaryLeasesKey(partition));
    if (members.length > 0) await this.#redis.sadd(dirtyKey(partition), ...members);
  }
}
