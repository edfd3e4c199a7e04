import { batchesOf } from "../domain/batchesOf.js";
import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import type { NextPhase, Phase } from "../domain/phases.js";
import type { SubmitReport, Taskforce } from "../domain/taskforce.js";
import type { Deactivation } from "../domain/workflow.js";
import type { RedisClient } from "../redis/redisClient.js";
import { unwrapReplies } from "../redis/redisClient.js";
import { type EffectGuard, runGuarded } from "./effectGuard.js";
import { allEntitiesKey, idOfMember, indexKey, indexValue, memberOf, partitionOf, recordKey } from "./keys.js";
import { type PhaseLogEntry, submissionJsonMembers } from "./records.js";
import { runScript, type ScriptName } from "./scripts.js";

/** The outcomes of a condor-submit report, by the code of the script. */
const SUBMIT_OUTCOMES = {
  2: "workflow-deactivated",
  1: "submitted",
  0: "repeated",
  [-1]: "not-pending",
  [-2]: "missing",
} as const;
type SubmitCode = keyof typeof SUBMIT_OUTCOMES;

/** A taskforce that belongs in its starter queue. */
export type TaskforceToQueue = Pick<Taskforce, "taskforce_uuid" | "schedd" | "priority">;

/** A step from a phase to one that may follow it, with its log entry. */
export type PhaseStep = {
  [From in Phase]: { readonly from: From; readonly to: NextPhase<From>; readonly entry: PhaseLogEntry };
}[Phase];

/** How a report of a failure counts. */
interface FailureContext {
  /** Whether the report ended a running lease: only then the failure counts. */
  isLeased: boolean;
  guard?: EffectGuard | undefined;
}

const taskforceOf = (member: string): TaskforceUuid => idOfMember("taskforce", member);

/** Taskforces that one script counts, few enough not to block Redis. */
const COUNT_BATCH_SIZE = 1000;

/**
 * Every change of an entity after its creation. Each is one script, so no other change comes between its checks and
 * its writes. Only this class interprets return codes.
 */
export class Transitions {
  readonly #redis: RedisClient;
  readonly #partitions: number;

  constructor(redis: RedisClient, partitions: number) {
    this.#redis = redis;
    this.#partitions = partitions;
  }

  #recordKey(uuid: TaskforceUuid): string {
    return recordKey(partitionOf(uuid, this.#partitions), "taskforce", uuid);
  }

  /** Runs a script on one taskforce, with a log entry as its first arguments. @returns the code */
  #run(name: ScriptName, uuid: TaskforceUuid, entry: PhaseLogEntry, ...rest: (string | number)[]): Promise<number> {
    const values = [entry.timestampJson, entry.restJson, ...rest];
    return runScript(this.#redis, name, [this.#recordKey(uuid)], values) as Promise<number>;
  }

  /** Records a failure. The guard was asked before the lease ended. @returns the code */
  #runFailure(
    name: "recordSubmitFailure" | "recordRemovalFailure",
    uuid: TaskforceUuid,
    entry: PhaseLogEntry,
    { isLeased, guard }: FailureContext,
  ): Promise<number> {
    const key = this.#recordKey(uuid);
    const values = [entry.timestampJson, entry.restJson, isLeased ? 1 : 0, guard?.argument(this.#redis) ?? ""];
    return runScript(this.#redis, name, [key, guard?.key ?? key], values) as Promise<number>;
  }

  /**
   * Moves taskforces of one workflow forward by one phase or more, in one step, unless it is deactivated.
   *
   * @returns for each phase the taskforces that entered it; and those that are in the last one now and never failed, also
   *   of an earlier call
   */
  async advance(
    uuids: readonly TaskforceUuid[],
    steps: readonly PhaseStep[],
  ): Promise<{ moved: TaskforceUuid[][]; reached: TaskforceToQueue[] }> {
    const [first] = uuids;
    if (first === undefined) return { moved: steps.map(() => []), reached: [] };
    const stepsJson = JSON.stringify(
      steps.map(({ from, to, entry }) => [from, to, entry.timestampJson, entry.restJson]),
    );
    const keys = [allEntitiesKey(partitionOf(first, this.#partitions), "taskforce")];
    const values = [stepsJson, ...uuids.map(memberOf)];
    const replies = (await runScript(this.#redis, "advance", keys, values)) as string[][];
    const moved = steps.map(({ from, entry }, index) => {
      const entered = (replies[index] ?? []).map(taskforceOf);
      entry.onRecorded?.(entered, from);
      return entered;
    });
    const reached = [...batchesOf(replies[steps.length] ?? [], 3)].map(([member = "", schedd = "", priority]) => ({
      taskforce_uuid: taskforceOf(member),
      schedd,
      priority: Number(priority),
    }));
    return { moved, reached };
  }

  /**
   * Logs a failed attempt for the taskforces of one workflow, and so of one partition, that are still in a phase: a Redis
   * Cluster refuses pipelines across nodes.
   */
  async recordAttempts(uuids: readonly TaskforceUuid[], phase: Phase, entry: PhaseLogEntry): Promise<void> {
    const pipeline = this.#redis.pipeline();
    const values = [phase, entry.timestampJson, entry.restJson];
    for (const uuid of uuids) runScript(pipeline, "recordAttempt", [this.#recordKey(uuid)], values);
    const codes = unwrapReplies<number>(await pipeline.exec());
    entry.onRecorded?.(
      uuids.filter((_, index) => codes[index] === 1),
      phase,
    );
  }

  /**
   * Records a condor-submit report.
   *
   * @param entries the log entry for an accepted report, and for a deactivated workflow
   * @returns the outcome, and the taskforce's schedd (`""` when there is no such taskforce)
   */
  async recordSubmit(
    uuid: TaskforceUuid,
    report: SubmitReport,
    entries: { submitted: PhaseLogEntry; deactivated: PhaseLogEntry },
  ): Promise<{ outcome: (typeof SUBMIT_OUTCOMES)[SubmitCode]; schedd: string }> {
    const { cluster_id, n_workers, job_event_log_fpath } = report;
    const [code, schedd] = (await runScript(
      this.#redis,
      "recordSubmit",
      [this.#recordKey(uuid)],
      [
        entries.submitted.timestampJson,
        entries.submitted.restJson,
        entries.deactivated.restJson,
        cluster_id,
        n_workers,
        submissionJsonMembers(report),
        indexValue(job_event_log_fpath),
      ],
    )) as [SubmitCode, string];
    if (code === 1) entries.submitted.onRecorded?.([uuid], "pending-starter");
    if (code === 2) entries.deactivated.onRecorded?.([uuid]);
    return { outcome: SUBMIT_OUTCOMES[code], schedd };
  }

  /**
   * Records a failed condor-submit.
   *
   * @returns the number of counted failures, or the reason why the failure does not count
   */
  async recordSubmitFailure(
    uuid: TaskforceUuid,
    entry: PhaseLogEntry,
    context: FailureContext,
  ): Promise<{ failures: number } | "workflow-deactivated" | "not-pending" | "missing"> {
    const code = await this.#runFailure("recordSubmitFailure", uuid, entry, context);
    // A report that ended no lease may be a repetition, which the script does not log.
    if (context.isLeased && (code >= 0 || code === -3)) entry.onRecorded?.([uuid]);
    if (code >= 0) return { failures: code };
    return code === -3 ? "workflow-deactivated" : code === -1 ? "not-pending" : "missing";
  }

  /**
   * Records a condor-rm report. `tooLate` is logged after condor-complete.
   *
   * @returns false when there is no such taskforce
   */
  async recordRemoval(
    uuid: TaskforceUuid,
    entries: { removed: PhaseLogEntry; tooLate: PhaseLogEntry },
  ): Promise<boolean> {
    const code = await this.#run("recordRemoval", uuid, entries.removed, entries.tooLate.restJson);
    if (code === 1) entries.removed.onRecorded?.([uuid]);
    return code !== -2;
  }

  /** Records a failed condor-rm. @returns the number of counted failures; undefined when there is no such taskforce */
  async recordRemovalFailure(
    uuid: TaskforceUuid,
    entry: PhaseLogEntry,
    context: FailureContext,
  ): Promise<number | undefined> {
    const code = await this.#runFailure("recordRemovalFailure", uuid, entry, context);
    if (context.isLeased && code >= 0) entry.onRecorded?.([uuid]);
    return code === -2 ? undefined : code;
  }

  /** Records a condor-complete report. @returns false when there is no such taskforce */
  async recordCompletion(uuid: TaskforceUuid, entry: PhaseLogEntry): Promise<boolean> {
    const code = await this.#run("recordCompletion", uuid, entry);
    if (code === 1) entry.onRecorded?.([uuid]);
    return code !== -2;
  }

  /**
   * Counts expired leases of taskforces, one each, that are still in the phase of the lease.
   *
   * @param timestampSeconds epoch seconds
   */
  async recordExpiredLeases(uuids: readonly TaskforceUuid[], phase: Phase, timestampSeconds: number): Promise<void> {
    const values = [phase, JSON.stringify(timestampSeconds)];
    // The client sends the commands of one event-loop turn together.
    for (const batch of batchesOf(uuids, COUNT_BATCH_SIZE))
      await Promise.all(
        batch.map((uuid) => runScript(this.#redis, "recordExpiredLease", [this.#recordKey(uuid)], values)),
      );
  }

  /**
   * Resets the failures of a taskforce that an operator retries.
   *
   * @returns false when it is not in pending-starter, or its workflow is deactivated
   */
  async recordRetry(uuid: TaskforceUuid, entry: PhaseLogEntry): Promise<boolean> {
    const code = await this.#run("recordRetry", uuid, entry);
    if (code === 1) entry.onRecorded?.([uuid]);
    return code >= 0;
  }

  /**
   * Marks a workflow as deactivated. The guard records the number of taskforces to stop.
   *
   * @param timestampSeconds epoch seconds
   * @returns that number; undefined when the workflow is unknown or already deactivated
   * @throws EffectRefusedError
   */
  async deactivate(
    workflow: WorkflowId,
    reason: Deactivation,
    timestampSeconds: number,
    guard?: EffectGuard,
  ): Promise<number | undefined> {
    const partition = partitionOf(workflow, this.#partitions);
    const taskforces = indexKey(partition, "taskforce", "workflow_id", workflow);
    const keys: [string, string] = [recordKey(partition, "workflow", workflow), taskforces];
    const values = [memberOf(workflow), reason, JSON.stringify(timestampSeconds), COUNT_BATCH_SIZE];
    const run = async (others: number | "") =>
      (await runGuarded(this.#redis, "deactivate", keys, [...values, others], guard)) as number | [total: number];
    let reply = await run("");
    if (typeof reply !== "number") reply = await run(await this.#countStoppable(taskforces, ...reply));
    return reply === -1 ? undefined : (reply as number);
  }

  /** The number of stoppable taskforces among those of an index after the first {@link COUNT_BATCH_SIZE}. */
  async #countStoppable(index: string, total: number): Promise<number> {
    let count = 0;
    for (let first = COUNT_BATCH_SIZE; first < total; first += COUNT_BATCH_SIZE) {
      const ranks = [first, first + COUNT_BATCH_SIZE - 1];
      count += (await runScript(this.#redis, "countStoppable", [index], ranks)) as number;
    }
    return count;
  }

  /**
   * Applies a deactivation to some taskforces of one workflow.
   *
   * @returns them by schedd: `toStop` now wait to be stopped and have an HTCondor cluster, `others` do not
   */
  async stopTaskforces(
    uuids: readonly TaskforceUuid[],
    entries: { moved: PhaseLogEntry; left: PhaseLogEntry },
  ): Promise<{ schedd: string; toStop: TaskforceUuid[]; others: TaskforceUuid[] }[]> {
    const [first] = uuids;
    if (first === undefined) return [];
    const partition = partitionOf(first, this.#partitions);
    const [moved, left, ...groups] = (await runScript(
      this.#redis,
      "stopTaskforces",
      [allEntitiesKey(partition, "taskforce")],
      [entries.moved.timestampJson, entries.moved.restJson, entries.left.restJson, ...uuids.map(memberOf)],
    )) as [string[], string[], ...[schedd: string, toStop: string[], others: string[]][]];
    entries.moved.onRecorded?.(moved.map(taskforceOf));
    entries.left.onRecorded?.(left.map(taskforceOf));
    return groups.map(([schedd, toStop, others]) => ({
      schedd,
      toStop: toStop.map(taskforceOf),
      others: others.map(taskforceOf),
    }));
  }
}
