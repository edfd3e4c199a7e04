import type { ChainableCommander } from "ioredis";
import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import type { NextPhase, Phase } from "../domain/phases.js";
import type { SubmitReport } from "../domain/taskforce.js";
import type { Deactivation } from "../domain/workflow.js";
import { type RedisClient, unwrapReplies } from "../redis/redisClient.js";
import {
  allEntitiesKey,
  deactivatingKey,
  dirtyKey,
  idOfMember,
  indexKey,
  memberOf,
  partitionOf,
  recordKey,
  recordPrefix,
  type TaskforceKeys,
  taskforceKeys,
} from "./keys.js";
import type { PhaseLogEntry } from "./phaseLog.js";
import { submissionJsonMembers } from "./records.js";
import { runScript, type ScriptName } from "./scripts.js";

/** The outcome of a condor-submit report. */
export type SubmitOutcome = "submitted" | "repeated" | "workflow-deactivated" | "not-pending" | "missing";
/** The outcome of a condor-submit failure. `failures` counts those under a lease. */
export type SubmitFailureOutcome = { failures: number } | "workflow-deactivated" | "not-pending" | "missing";

const SUBMIT_OUTCOMES: Record<number, SubmitOutcome> = {
  2: "workflow-deactivated",
  1: "submitted",
  0: "repeated",
  [-1]: "not-pending",
  [-2]: "missing",
};

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

  #keys(uuid: TaskforceUuid): TaskforceKeys {
    return taskforceKeys(uuid, this.#partitions);
  }

  #run(name: ScriptName, keys: readonly string[], values: readonly (string | number)[]): Promise<number> {
    return runScript(this.#redis, name, keys, values) as Promise<number>;
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
    return this.#runPipelined(uuids, from, entry, (pipeline, uuid) => {
      const { record, workflow, index, dirty } = this.#keys(uuid);
      const values = [memberOf(uuid), from, to, entry.timestampJson, entry.restJson];
      runScript(pipeline, "advance", [record, workflow, index, dirty], values);
    });
  }

  /** Logs a failed attempt for the taskforces of one workflow that are still in a phase. */
  async recordAttempts(uuids: readonly TaskforceUuid[], phase: Phase, entry: PhaseLogEntry): Promise<void> {
    await this.#runPipelined(uuids, phase, entry, (pipeline, uuid) => {
      const { record, workflow, dirty } = this.#keys(uuid);
      const values = [phase, entry.timestampJson, entry.restJson, memberOf(uuid)];
      runScript(pipeline, "recordAttempt", [record, workflow, dirty], values);
    });
  }

  /**
   * Runs a script for taskforces of one workflow, and so of one partition: a Redis Cluster refuses pipelines across
   * nodes.
   *
   * @returns the taskforces for which the script returned 1, because it recorded the entry
   */
  async #runPipelined(
    uuids: readonly TaskforceUuid[],
    from: Phase,
    entry: PhaseLogEntry,
    addCommand: (pipeline: ChainableCommander, uuid: TaskforceUuid) => void,
  ): Promise<TaskforceUuid[]> {
    const pipeline = this.#redis.pipeline();
    for (const uuid of uuids) addCommand(pipeline, uuid);
    const codes = unwrapReplies<number>(await pipeline.exec());
    const recorded = uuids.filter((_, index) => codes[index] === 1);
    entry.onRecorded?.(recorded, from);
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
  ): Promise<{ outcome: SubmitOutcome; schedd: string }> {
    const { record, workflow, index, dirty } = this.#keys(uuid);
    const [code, schedd] = (await runScript(
      this.#redis,
      "recordSubmit",
      [record, workflow, index, dirty],
      [
        memberOf(uuid),
        entries.submitted.timestampJson,
        report.cluster_id,
        report.n_workers,
        submissionJsonMembers(report),
        report.job_event_log_fpath,
        entries.submitted.restJson,
        entries.deactivated.restJson,
      ],
    )) as [number, string];
    if (code === 1) entries.submitted.onRecorded?.([uuid], "pending-starter");
    if (code === 2) entries.deactivated.onRecorded?.([uuid]);
    return { outcome: SUBMIT_OUTCOMES[code] ?? "missing", schedd };
  }

  /**
   * Records a failed condor-submit.
   *
   * @param isLeased whether the report ended a running lease: only then the failure counts
   */
  async recordSubmitFailure(
    uuid: TaskforceUuid,
    isLeased: boolean,
    entry: PhaseLogEntry,
  ): Promise<SubmitFailureOutcome> {
    const { record, workflow, dirty } = this.#keys(uuid);
    const values = [entry.timestampJson, isLeased ? 1 : 0, entry.restJson, memberOf(uuid)];
    const code = await this.#run("recordSubmitFailure", [record, workflow, dirty], values);
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
    const { record, index, dirty } = this.#keys(uuid);
    const values = [memberOf(uuid), entries.removed.timestampJson, entries.removed.restJson, entries.tooLate.restJson];
    const code = await this.#run("recordRemoval", [record, index, dirty], values);
    if (code === 1) entries.removed.onRecorded?.([uuid]);
    return code !== -2;
  }

  /** Records a failed condor-rm. @returns the number of counted failures; undefined when there is no such taskforce */
  async recordRemovalFailure(
    uuid: TaskforceUuid,
    isLeased: boolean,
    entry: PhaseLogEntry,
  ): Promise<number | undefined> {
    const { record, dirty } = this.#keys(uuid);
    const values = [entry.timestampJson, isLeased ? 1 : 0, entry.restJson, memberOf(uuid)];
    const code = await this.#run("recordRemovalFailure", [record, dirty], values);
    if (isLeased && code >= 0) entry.onRecorded?.([uuid]);
    return code === -2 ? undefined : code;
  }

  /** Records a condor-complete report. @returns false when there is no such taskforce */
  async recordCompletion(uuid: TaskforceUuid, entry: PhaseLogEntry): Promise<boolean> {
    const { record, index, dirty } = this.#keys(uuid);
    const values = [memberOf(uuid), entry.timestampJson, entry.restJson];
    const code = await this.#run("recordCompletion", [record, index, dirty], values);
    if (code === 1) entry.onRecorded?.([uuid]);
    return code !== -2;
  }

  /**
   * Resets the failures of a taskforce that an operator retries.
   *
   * @returns false when it is not in pending-starter, or its workflow is deactivated
   */
  async recordRetry(uuid: TaskforceUuid, entry: PhaseLogEntry): Promise<boolean> {
    const { record, workflow, dirty } = this.#keys(uuid);
    const values = [entry.timestampJson, entry.restJson, memberOf(uuid)];
    const code = await this.#run("recordRetry", [record, workflow, dirty], values);
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
    const records = recordPrefix(partition, "taskforce");
    const found = (await runScript(
      this.#redis,
      "deactivate",
      [recordKey(partition, "workflow", workflow), taskforces, deactivatingKey(partition), dirtyKey(partition)],
      [memberOf(workflow), reason, JSON.stringify(timestampSeconds), records, COUNT_BATCH_SIZE],
    )) as -1 | [counted: number, total: number];
    if (found === -1) return undefined;
    const [counted, total] = found;
    let count = counted;
    // A deactivated workflow gets no more taskforces, and only TMS reports change them: a later count is as good.
    for (let first = COUNT_BATCH_SIZE; first < total; first += COUNT_BATCH_SIZE)
      count += await this.#run("countStoppable", [taskforces], [records, first, first + COUNT_BATCH_SIZE - 1]);
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
      [allEntitiesKey(partition, "taskforce"), dirtyKey(partition)],
      [
        recordPrefix(partition, "taskforce"),
        entries.moved.timestampJson,
        entries.moved.restJson,
        entries.left.restJson,
        ...uuids.map(memberOf),
      ],
    )) as [string[], string[], string[]];
    const idsOf = (members: string[]) => members.map((member) => idOfMember("taskforce", member));
    entries.moved.onRecorded?.(idsOf(moved));
    entries.left.onRecorded?.(idsOf(left));
    return idsOf(toStop);
  }
}
