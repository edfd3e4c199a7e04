import { randomUUID } from "node:crypto";
import { promisify } from "node:util";
import { deflate, deflateSync, inflate, inflateSync } from "node:zlib";
import type { AttentionCode } from "../domain/diagnosis.js";
import { EMPTY_HISTORY, type History } from "../domain/history.js";
import { decodeHistory, encodeHistory } from "../domain/historyText.js";
import type { WorkflowId } from "../domain/ids.js";
import { areAllEnded, countRunningWorkers, type WorkflowSummary } from "../domain/summary.js";
import type { RedisClient } from "../redis/redisClient.js";
import {
  allEntitiesKey,
  attentionKey,
  dirtyKey,
  historyKey,
  idOfMember,
  memberOf,
  partitionOf,
  recordKey,
  summaryKey,
  summaryLeasesKey,
  YES,
} from "./keys.js";
import { runScript } from "./scripts.js";

/**
 * The right to replace a workflow's summary. Another worker may take it over: a suspended one must not overwrite
 * newer sums.
 */
export interface SummaryLease {
  workflow: WorkflowId;
  /** Unique for each lease. */
  leaseId: string;
}

/** What needs attention in an active workflow. */
export interface Attention {
  /** The findings that are counted. */
  codes: readonly AttentionCode[];
  /** Undefined: nothing needs attention. */
  severity: "error" | "warning" | undefined;
}

/** Characters up to which compression takes less than 0.1 ms. Another thread would cost three times as much. */
const MAX_SYNC_CHARS = 16 * 1024;
/** The same for compressed text, which is up to eight times as short. */
const MAX_SYNC_COMPRESSED_BYTES = MAX_SYNC_CHARS / 8;
const deflateElsewhere = promisify(deflate);
const inflateElsewhere = promisify(inflate);
const compress = (text: string): Buffer | Promise<Buffer> =>
  text.length <= MAX_SYNC_CHARS ? deflateSync(text) : deflateElsewhere(text);
const decompress = (stored: Buffer): Buffer | Promise<Buffer> =>
  stored.length <= MAX_SYNC_COMPRESSED_BYTES ? inflateSync(stored) : inflateElsewhere(stored);
/** The first byte of a summary that an earlier release stored as JSON text. Compressed data begins with another one. */
const [OPEN_BRACE] = Buffer.from("{");

/**
 * Summaries, the histories that are made of them, and the set of dirty workflows: every script that changes a taskforce marks
 * its workflow dirty.
 */
export class Summaries {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  /** A workflow's newest summary. A summary of an earlier release lacks fields and counts as missing. */
  async fetch(workflow: WorkflowId): Promise<WorkflowSummary | undefined> {
    const stored = await this.#redis.getBuffer(summaryKey(partitionOf(workflow, this.#partitions), workflow));
    if (stored === null) return undefined;
    const text = stored[0] === OPEN_BRACE ? stored : await decompress(stored);
    const summary = JSON.parse(text.toString()) as Partial<WorkflowSummary>;
    return summary.waits?.never_started === undefined ? undefined : (summary as WorkflowSummary);
  }

  /** A workflow's history. That of a later release counts as empty. */
  async fetchHistory(workflow: WorkflowId): Promise<History> {
    const text = await this.#redis.get(historyKey(partitionOf(workflow, this.#partitions), workflow));
    return (text === null ? undefined : decodeHistory(text)) ?? EMPTY_HISTORY;
  }

  /** Whether a workflow's summary, if it has one, covers all changes so far. */
  async isCurrent(workflow: WorkflowId): Promise<boolean> {
    const partition = partitionOf(workflow, this.#partitions);
    // In this order, because a claim moves it from the first set to the second. No transaction: a full Redis refuses them.
    const isDirty = this.#redis.sismember(dirtyKey(partition), memberOf(workflow));
    const isClaimed = this.#redis.hexists(summaryLeasesKey(partition), memberOf(workflow));
    return (await Promise.all([isDirty, isClaimed])).every((isMember) => isMember === 0);
  }

  /**
   * Replaces a workflow's summary and releases the lease.
   *
   * @param attention the findings to count for the workflow while it is active, and how urgent its state is
   * @param history the new history, made from the one that was read under the same lease; undefined: it stays
   * @returns false when the lease was lost
   */
  async save(
    { workflow, leaseId }: SummaryLease,
    summary: WorkflowSummary,
    attention: Attention,
    history?: History,
  ): Promise<boolean> {
    const partition = partitionOf(workflow, this.#partitions);
    const keys = [
      summaryKey(partition, workflow),
      summaryLeasesKey(partition),
      attentionKey(partition),
      recordKey(partition, "workflow", workflow),
      allEntitiesKey(partition, "workflow"),
      historyKey(partition, workflow),
    ];
    const values = [
      memberOf(workflow),
      leaseId,
      // Most of the text are names of fields: compressed, it takes a third of the memory.
      await compress(JSON.stringify(summary)),
      attention.codes.join(),
      attention.severity ?? "",
      areAllEnded(summary) ? YES : "",
      summary.last_change ?? "",
      countRunningWorkers(summary),
      history === undefined ? "" : encodeHistory(history),
    ];
    return (await runScript(this.#redis, "saveSummary", keys, values)) === 1;
  }

  /** The number of active workflows with each finding; codes without workflows are left out. */
  async countAttention(): Promise<Map<AttentionCode, number>> {
    const partitions = Array.from({ length: this.#partitions }, (_, partition) => partition);
    const values = await Promise.all(partitions.map((partition) => this.#redis.hvals(attentionKey(partition))));
    const counts = new Map<AttentionCode, number>();
    for (const code of values.flat().flatMap((codes) => codes.split(",") as AttentionCode[]))
      counts.set(code, (counts.get(code) ?? 0) + 1);
    return counts;
  }

  /** Whether the last summary of a workflow counts it among those that need attention. */
  async neededAttention(workflow: WorkflowId): Promise<boolean> {
    const key = attentionKey(partitionOf(workflow, this.#partitions));
    return (await this.#redis.hexists(key, memberOf(workflow))) === 1;
  }

  /** The number of dirty workflows of a partition. */
  dirtyCount(partition: number): Promise<number> {
    return this.#redis.scard(dirtyKey(partition));
  }

  /**
   * Leases some dirty workflows of a partition. Redis keeps each lease until the summary is saved, so that a crash
   * loses none.
   */
  async claimDirty(partition: number, limit: number): Promise<SummaryLease[]> {
    const leaseId = randomUUID();
    const keys = [dirtyKey(partition), summaryLeasesKey(partition)];
    const members = (await runScript(this.#redis, "claimDirty", keys, [limit, leaseId])) as string[];
    return members.map((member) => ({ workflow: idOfMember("workflow", member), leaseId }));
  }

  /** Marks leased workflows as dirty again, because the process that holds the lease may have died. */
  async markLeasedDirty(partition: number): Promise<void> {
    const members = await this.#redis.hkeys(summaryLeasesKey(partition));
    if (members.length > 0) await this.#redis.sadd(dirtyKey(partition), ...members);
  }
}
