import { randomInt } from "node:crypto";
import type { Random } from "./random.js";
import { SimulatedPool } from "./simulatedPool.js";
import { buildSubmitReport } from "./submitReport.js";
import type { TmsAction } from "./tmsActions.js";
import { WmsApiError, WmsClient } from "./wmsClient.js";
import type { TmsHandOut, TmsStatusResult, TmsSubmitReport, TmsTaskforce } from "./wmsTypes.js";

const SUBMIT_ERRORS = [
  "condor_submit: Failed to connect to local queue manager",
  "condor_submit: Failed to commit job submission into the queue",
  "Number of submitted jobs would exceed MAX_JOBS_SUBMITTED",
];
const REMOVE_ERRORS = ["condor_rm: Couldn't find/remove all jobs in cluster", "condor_rm: Failed to connect to schedd"];
/** The fields of a taskforce that its removal needs. */
type SubmittedTaskforce = Pick<TmsTaskforce, "taskforce_uuid" | "cluster_id" | "n_workers">;

/** Options of a simulated TMS. */
export interface TmsOptions {
  /** Address of the WMS, without `/v1`. */
  url: string;
  /** Its access point. */
  schedd: string;
  /** Concurrent pollers of each queue; default 1. */
  concurrency?: number | undefined;
  /** The share of submissions and removals that fail while draining, from 0 (default) to 1. */
  failRate?: number | undefined;
  /** Random numbers for failures and for transitions of workers. */
  random?: Random | undefined;
  /** A JWT with the role system-tms, for a WMS that verifies tokens. */
  token?: string | undefined;
  /** Replaces the global `fetch`. */
  fetch?: typeof fetch | undefined;
  /** After its abort the TMS leases nothing more, and still reports the leased taskforces. */
  signal?: AbortSignal | undefined;
  /** Called after each action of the TMS. */
  onAction?: ((action: TmsAction) => void) | undefined;
}

/** Creates a simulated TMS. @see SimulatedTms */
export const createSimulatedTms = (options: TmsOptions): SimulatedTms => new SimulatedTms(options);

/**
 * A TMS with a {@link SimulatedPool} instead of HTCondor. Tests can call the single steps (`leaseStarter`, `submit`, …) in any
 * order. `drainStarters`, `drainStoppers` and `advanceAndReport` combine them like a TMS, with random failures.
 *
 * Steps throw {@link WmsApiError} and `WmsUnreachable` of `wmsClient.ts`.
 */
export class SimulatedTms {
  readonly #wms: WmsClient;
  readonly #pool: SimulatedPool;
  readonly #random: Random;
  readonly #options: TmsOptions;
  /** Random without the seed: two runs must not use the same number for different clusters. */
  #nextCluster = randomInt(1_000_000, 2_000_000_000);

  constructor(options: TmsOptions) {
    this.#options = options;
    this.#random = options.random ?? Math.random;
    this.#pool = new SimulatedPool(this.#random);
    this.#wms = new WmsClient({
      ...options,
      onRetry: (reason, attempt, seconds) => this.#emitAction({ kind: "retrying", reason, attempt, seconds }),
    });
  }

  #emitAction(action: TmsAction): void {
    this.#options.onAction?.(action);
  }

  /** Leases a taskforce to submit. @returns undefined if none waits */
  async leaseStarter(): Promise<TmsHandOut | undefined> {
    const handOut = await this.#wms.leaseStarter();
    if (handOut) this.#emitAction({ kind: "took-starter", uuid: handOut.taskforce.taskforce_uuid });
    return handOut;
  }

  /**
   * Submits a taskforce to the pool and reports it. If the service refuses the report, the cluster is removed again.
   *
   * @param overrides fields of the report that replace the true ones
   * @returns the report
   */
  async submit(handOut: TmsHandOut, overrides: Partial<TmsSubmitReport> = {}): Promise<TmsSubmitReport> {
    const uuid = handOut.taskforce.taskforce_uuid;
    const report = { ...buildSubmitReport(handOut, this.#nextCluster++, new Date()), ...overrides };
    this.#pool.add(uuid, report.n_workers);
    try {
      await this.#wms.reportSubmit(uuid, report);
    } catch (error) {
      if (error instanceof WmsApiError) {
        this.#pool.forget(uuid);
        this.#emitAction({ kind: "stray", uuid, clusterId: report.cluster_id });
      }
      throw error;
    }
    this.#emitAction({ kind: "submitted", uuid, clusterId: report.cluster_id, nWorkers: report.n_workers });
    return report;
  }

  /** Reports that HTCondor did not accept a taskforce. */
  async submitFailed({ taskforce }: TmsHandOut, error = this.#pickOne(SUBMIT_ERRORS)): Promise<void> {
    await this.#wms.reportSubmitFailure(taskforce.taskforce_uuid, error);
    this.#emitAction({ kind: "submit-failed", uuid: taskforce.taskforce_uuid, error });
  }

  /** Leases a taskforce whose cluster must be removed. @returns undefined if none waits */
  async leaseStopper(): Promise<TmsTaskforce | undefined> {
    const taskforce = await this.#wms.leaseStopper();
    if (taskforce)
      this.#emitAction({
        kind: "took-stopper",
        uuid: taskforce.taskforce_uuid,
        clusterId: taskforce.cluster_id,
      });
    return taskforce;
  }

  /** Removes a cluster from the pool and reports it. The next {@link advanceAndReport} reports its end. */
  async remove(taskforce: SubmittedTaskforce): Promise<void> {
    const uuid = taskforce.taskforce_uuid;
    if (!this.#pool.has(uuid)) this.#pool.add(uuid, taskforce.n_workers);
    this.#pool.remove(uuid);
    await this.#wms.reportRemoval(uuid);
    this.#emitAction({ kind: "removed", uuid, clusterId: taskforce.cluster_id });
  }

  /** Reports that HTCondor did not remove a cluster. */
  async removeFailed(
    taskforce: Pick<TmsTaskforce, "taskforce_uuid">,
    error = this.#pickOne(REMOVE_ERRORS),
  ): Promise<void> {
    await this.#wms.reportRemovalFailure(taskforce.taskforce_uuid, error);
    this.#emitAction({ kind: "remove-failed", uuid: taskforce.taskforce_uuid, error });
  }

  /** Reports that a cluster ended. @param timestamp time of the end, in whole epoch seconds */
  async complete(
    { taskforce_uuid: uuid }: Pick<TmsTaskforce, "taskforce_uuid">,
    timestamp = Math.floor(Date.now() / 1000),
  ): Promise<void> {
    await this.#wms.reportCompletion(uuid, timestamp);
    this.#pool.forget(uuid);
    this.#emitAction({ kind: "completed", uuid, timestamp });
  }

  /** Reports the statuses of all clusters in one request. Deletes the clusters of taskforces that the WMS does not know. */
  async sendStatuses(): Promise<TmsStatusResult[]> {
    const { compound, errors } = this.#pool.statuses();
    if (Object.keys(compound).length === 0) return [];
    const results = await this.#wms.reportStatuses(compound, errors);
    const failed = results.filter((result) => result.status === "failed");
    for (const { uuid } of failed) this.#pool.forget(uuid);
    this.#emitAction({
      kind: "sent-statuses",
      updated: results.length - failed.length,
      failed: failed.length,
    });
    return results;
  }

  /** Submits all waiting taskforces. @returns the number of leased taskforces */
  drainStarters(): Promise<number> {
    return this.#drain(
      () => this.leaseStarter(),
      async (handOut) => {
        if (this.#shouldFail()) await this.submitFailed(handOut);
        else await this.submit(handOut);
      },
      (handOut) => handOut.taskforce.taskforce_uuid,
    );
  }

  /** Removes all clusters to stop. @returns the number of leased taskforces */
  drainStoppers(): Promise<number> {
    return this.#drain(
      () => this.leaseStopper(),
      (taskforce) => (this.#shouldFail() ? this.removeFailed(taskforce) : this.remove(taskforce)),
      (taskforce) => taskforce.taskforce_uuid,
    );
  }

  /** Advances the pool by one round, and reports the statuses and the ended clusters. */
  async advanceAndReport(): Promise<void> {
    this.#pool.advance();
    await this.sendStatuses();
    for (const uuid of this.#pool.endedTaskforces()) await this.complete({ taskforce_uuid: uuid });
  }

  /** Reads the clusters of an earlier run from the WMS, because a TMS has no storage. */
  async adoptRunningClusters(): Promise<void> {
    const running = await this.#wms.queryRunningTaskforces();
    for (const { taskforce_uuid: uuid, n_workers, compound_statuses, phase } of running) {
      this.#pool.add(uuid, n_workers, compound_statuses);
      if (phase === "condor-rm") this.#pool.remove(uuid);
    }
    if (running.length > 0) this.#emitAction({ kind: "adopted", clusters: running.length });
  }

  async #drain<T>(
    leaseNext: () => Promise<T | undefined>,
    handle: (leasedCount: T) => Promise<unknown>,
    uuidOf: (taken: T) => string,
  ): Promise<number> {
    let taken = 0;
    const poll = async () => {
      while (!this.#options.signal?.aborted) {
        const next = await leaseNext();
        if (next === undefined) return;
        taken++;
        try {
          await handle(next);
        } catch (error) {
          // A refused report must not delay the others.
          if (!(error instanceof WmsApiError)) throw error;
          this.#emitAction({ kind: "refused", uuid: uuidOf(next), reason: error.message });
        }
      }
    };
    // All pollers end before an error is thrown, so that each leased taskforce is reported.
    const pollers = await Promise.allSettled(Array.from({ length: this.#options.concurrency ?? 1 }, poll));
    for (const poller of pollers) if (poller.status === "rejected") throw poller.reason;
    return taken;
  }

  #shouldFail(): boolean {
    return this.#random() < (this.#options.failRate ?? 0);
  }

  #pickOne(texts: readonly string[]): string {
    return texts[Math.floor(this.#random() * texts.length)] ?? "unknown";
  }
}
