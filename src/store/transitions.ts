import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import type { NextPhase, Phase } from "../domain/phases.js";
import type { SubmitReport } from "../domain/taskforce.js";
import type { Deactivation } from "../domain/workflow.js";
import type { RedisClient } from "../redis/redisClient.js";
import { unwrapReplies } from "../redis/redisClient.js";
import { allEntitiesKey, idOfMember, indexKey, memberOf, partitionOf, recordKey } from "./keys.js";
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

  /** Moves one taskforce forward. @returns false when it is in another phase, or its workflow is deactivated */
  async advance<From extends Phase>(
    uuid: TaskforceUuid,
    from: From,
    to: NextPhase<From>,
    entry: PhaseLogEntry,
  ): Promise<boolean> {
    return (await this.advanceMany([uuid], from, to, entry)).length === 1;
  }

  /** Moves taskforces of one workflow forward. @returns the taskforces that moved */
  async advanceMany<From extends Phase>(
    uuids: readonly TaskforceUuid[],
    from: From,
    to: NextPhase<From>,
    entry: PhaseLogEntry,
  ): Promise<TaskforceUuid[]> {
    return this.#runPipelined("advance", uuids, entry, from, to);
  }

  /** Logs a failed attempt for the taskforces of one workflow that are still in a phase. */
  async recordAttempts(uuids: readonly TaskforceUuid[], phase: Phase, entry: PhaseLogEntry): Promise<void> {
    await this.#runPipelined("recordAttempt", uuids, entry, phase);
  }

  /**
   * Runs a script for taskforces of one workflow, and so of one partition: a Redis Cluster refuses pipelines across
   * nodes.
   *
   * @param phases the required phase, and the script's other phases
   * @returns the taskforces for which the script returned 1, because it recorded the entry
   */
  async #runPipelined(
    name: ScriptName,
    uuids: readonly TaskforceUuid[],
    entry: PhaseLogEntry,
    ...phases: [from: Phase, to?: Phase]
  ): Promise<TaskforceUuid[]> {
    const pipeline = this.#redis.pipeline();
    const values = [...phases.filter((phase) => phase !== undefined), entry.timestampJson, entry.restJson];
    for (const uuid of uuids) runScript(pipeline, name, [this.#recordKey(uuid)], values);
    const codes = unwrapReplies<number>(await pipeline.exec());
    const recorded = uuids.filter((_, index) => codes[index] === 1);
    entry.onRecorded?.(recorded, phases[0]);
    return recorded;
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
        job_event_log_fpath,
      ],
    )) as [SubmitCode, string];
    if (code === 1) entries.submitted.onRecorded?.([uuid], "pending-starter");
    if (code === 2) entries.deactivated.onRecorded?.([uuid]);
    return { outcome: SUBMIT_OUTCOMES[code], schedd };
  }

  /**
   * Records a failed condor-submit.
   *
   * @param isLeased whether the report ended a running lease: only then the failure counts
   * @returns the number of counted failures, or the reason why the failure does not count
   */
  async recordSubmitFailure(
    uuid: TaskforceUuid,
    isLeased: boolean,
    entry: PhaseLogEntry,
  ): Promise<{ failures: number } | "workflow-deactivated" | "not-pending" | "missing"> {
    const code = await this.#run("recordSubmitFailure", uuid, entry, isLeased ? 1 : 0);
    // A report that ended no lease may be a repetition, which the script does not log.
    if (isLeased && (code >= 0 || code === -3)) entry.onRecorded?.([uuid]);
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
    isLeased: boolean,
    entry: PhaseLogEntry,
  ): Promise<number | undefined> {
    const code = await this.#run("recordRemovalFailure", uuid, entry, isLeased ? 1 : 0);
    if (isLeased && code >= 0) entry.onRecorded?.([uuid]);
    return code === -2 ? undefined : code;
  }

  /** Records a condor-complete report. @returns false when there is no such taskforce */
  async recordCompletion(uuid: TaskforceUuid, entry: PhaseLogEntry): Promise<boolean> {
    const code = await this.#run("recordCompletion", uuid, entry);
    if (code === 1) entry.onRecorded?.([uuid]);
    return code !== -2;
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
   * Marks a workflow as deactivated.
   *
   * @param timestampSeconds epoch seconds
   * @returns the number of taskforces to stop; undefined when the workflow is unknown or already deactivated
   */
  async deactivate(workflow: WorkflowId, reason: Deactivation, timestampSeconds: number): Promise<number | undefined> {
    const partition = partitionOf(workflow, this.#partitions);
    const taskforces = indexKey(partition, "taskforce", "workflow_id", workflow);
    const found = (await runScript(
      this.#redis,
      "deactivate",
      [recordKey(partition, "workflow", workflow), taskforces],
      [memberOf(workflow), reason, JSON.stringify(timestampSeconds), COUNT_BATCH_SIZE],
    )) as -1 | [counted: number, total: number];
    if (found === -1) return undefined;
    const [counted, total] = found;
    let count = counted;
    // A deactivated workflow gets no more taskforces, and only TMS reports change them: a later count is as good.
    for (let first = COUNT_BATCH_SIZE; first < total; first += COUNT_BATCH_SIZE) {
      const ranks = [first, first + COUNT_BATCH_SIZE - 1];
      count += (await runScript(this.#redis, "countStoppable", [taskforces], ranks)) as number;
    }
    return count;
  }

  /**
   * Applies a deactivation to some taskforces of one workflow.
   *
   * @returns the taskforces that now wait to be stopped and have an HTCondor cluster
   */
  async stopTaskforces(
    uuids: readonly TaskforceUuid[],
    entries: { moved: PhaseLogEntry; left: PhaseLogEntry },
  ): Promise<TaskforceUuid[]> {
    const [first] = uuids;
    if (first === undefined) return [];
    const partition = partitionOf(first, this.#partitions);
    const [toStop, moved, left] = (await runScript(
      this.#redis,
      "stopTaskforces",
      [allEntitiesKey(partition, "taskforce")],
      [entries.moved.timestampJson, entries.moved.restJson, entries.left.restJson, ...uuids.map(memberOf)],
    )) as [string[], string[], string[]];
    const idsOf = (members: string[]) => members.map((member) => idOfMember("taskforce", member));
    entries.moved.onRecorded?.(idsOf(moved));
    entries.left.onRecorded?.(idsOf(left));
    return idsOf(toStop);
  }
}
