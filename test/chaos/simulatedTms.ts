import { setTimeout as wait } from "node:timers/promises";
import { buildSubmitReport } from "../../scripts/tms/submitReport.js";
import { WmsApiError, WmsClient } from "../../scripts/tms/wmsClient.js";
import type { RandomSource } from "./randomSource.js";
import type { RecordingClient } from "./recordingClient.js";
import type { ReportNoise } from "./reportNoise.js";
import type { CondorCluster, SimulatedCondor } from "./simulatedCondor.js";

/** Milliseconds between two polls of an empty queue. */
const POLL_INTERVAL_MS = 400;
/** Milliseconds between two rounds of reports. */
const ROUND_INTERVAL_MS = 700;
/** Pollers of the starter queue. */
const STARTER_POLLERS = 2;
/** Taskforces in one report of statuses. */
const STATUSES_PER_REPORT = 5;
/** Probabilities that a submission or removal fails, and that a cluster ends in a round. */
const PROBABILITIES = { submitFails: 0.15, removeFails: 0.05, ends: 0.02 } as const;

/** The dependencies of a simulated TMS. */
export interface TmsDependencies {
  schedd: string;
  condor: SimulatedCondor;
  client: RecordingClient;
  noise: ReportNoise;
  random: RandomSource;
  /** Numbers errors and statuses, so that every report is unique. */
  nextNumber: () => number;
}

/** The point at which a TMS crashes. */
export type TmsCrashPoint = "before-submit" | "after-submit";

/** A TMS process. It keeps no state besides that of its HTCondor, so it may crash at any time. */
export class SimulatedTms {
  readonly #dependencies: TmsDependencies;
  readonly #wms: WmsClient;
  readonly #crash = new AbortController();
  readonly #stop = new AbortController();
  readonly #loops: Promise<unknown>;
  #crashPoint: TmsCrashPoint | undefined;

  constructor(parts: TmsDependencies) {
    this.#dependencies = parts;
    const signal = AbortSignal.any([this.#crash.signal, this.#stop.signal]);
    this.#wms = new WmsClient({ url: "http://wms", schedd: parts.schedd, fetch: this.#fetch, signal });
    this.#loops = Promise.all([
      ...Array.from({ length: STARTER_POLLERS }, () => this.#repeat(POLL_INTERVAL_MS, () => this.#submitOne())),
      this.#repeat(POLL_INTERVAL_MS, () => this.#removeOne()),
      this.#repeat(ROUND_INTERVAL_MS, () => this.#reportRound()),
    ]);
  }

  /** Crashes at the given point of the next lease, or after `timeoutMs` milliseconds. @returns when it has ended */
  async crashWithTaskforce(crashPoint: TmsCrashPoint, timeoutMs: number): Promise<void> {
    this.#crashPoint = crashPoint;
    await wait(timeoutMs, undefined, { signal: this.#crash.signal }).catch(() => {});
    this.#crash.abort();
    await this.#loops;
  }

  /** Finishes the leased taskforces, and ends. */
  async drain(): Promise<void> {
    this.#stop.abort();
    await this.#loops;
  }

  /** Sends polls through the recording client, and reports through the noise. */
  #fetch: typeof fetch = async (url, { method = "GET", body } = {}) => {
    const { pathname, search } = new URL(String(url));
    const { client, noise } = this.#dependencies;
    const signal = this.#crash.signal;
    signal.throwIfAborted();
    const sent = { signal, ...(body != null && { body: JSON.parse(String(body)) as unknown }) };
    const response =
      method === "POST" ? await noise.send(pathname, sent) : await this.#poll(client, pathname + search, signal);
    const { status, reason: statusText, headers } = response;
    return new Response(JSON.stringify(response.body), { status, statusText, headers });
  };

  async #poll(client: RecordingClient, path: string, signal: AbortSignal) {
    type HandOut = { taskforce_uuid?: string; taskforce?: { taskforce_uuid: string } };
    const response = await client.send<HandOut>("GET", path, { signal });
    const uuid = response.body.taskforce?.taskforce_uuid ?? response.body.taskforce_uuid;
    if (uuid !== undefined) response.exchange.handedOutUuid = uuid;
    return response;
  }

  /** Repeats a step until the TMS ends. @param runOnce returns whether it did any work */
  async #repeat(pauseMs: number, runOnce: () => Promise<boolean>): Promise<void> {
    const signal = AbortSignal.any([this.#crash.signal, this.#stop.signal]);
    while (!signal.aborted) {
      // The next round retries while the service is unreachable.
      const busy = await runOnce().catch(() => false);
      if (!busy) await wait(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  #crashIf(reached: TmsCrashPoint): void {
    if (this.#crashPoint === reached) this.#crash.abort();
    this.#crash.signal.throwIfAborted();
  }

  async #submitOne(): Promise<boolean> {
    const handOut = await this.#wms.leaseStarter();
    if (handOut === undefined) return false;
    const { condor, random, nextNumber } = this.#dependencies;
    const uuid = handOut.taskforce.taskforce_uuid;
    this.#crashIf("before-submit");
    if (random.chance(PROBABILITIES.submitFails)) {
      await this.#wms.reportSubmitFailure(uuid, `simulated failure ${nextNumber()}`);
      return true;
    }
    const cluster = condor.submit(uuid);
    cluster.report ??= buildSubmitReport(handOut, cluster.id, new Date());
    this.#crashIf("after-submit");
    await this.#reportSubmit(cluster);
    return true;
  }

  /** Reports a submission. Removes the cluster if the service refuses it. */
  async #reportSubmit(cluster: CondorCluster): Promise<void> {
    if (cluster.report === undefined) return;
    try {
      await this.#wms.reportSubmit(cluster.uuid, cluster.report);
    } catch (error) {
      ignoreNotFound(error);
      cluster.isRunning = false;
      cluster.isEndReported = true;
    }
    cluster.isSubmitReported = true;
  }

  async #removeOne(): Promise<boolean> {
    const taskforce = await this.#wms.leaseStopper();
    if (taskforce === undefined) return false;
    const { condor, random, nextNumber } = this.#dependencies;
    const { taskforce_uuid, cluster_id } = taskforce;
    if (random.chance(PROBABILITIES.removeFails))
      await this.#wms.reportRemovalFailure(taskforce_uuid, `simulated failure ${nextNumber()}`);
    else {
      if (cluster_id !== null) condor.remove(cluster_id);
      await this.#wms.reportRemoval(taskforce_uuid);
    }
    return true;
  }

  /** Reports pending submissions, ends of clusters, and statuses. */
  async #reportRound(): Promise<boolean> {
    const { condor, random } = this.#dependencies;
    for (const cluster of condor.unreportedSubmissions()) await this.#reportSubmit(cluster);
    for (const cluster of condor.runningClusters()) if (random.chance(PROBABILITIES.ends)) cluster.isRunning = false;
    for (const cluster of condor.unreportedEnds()) await this.#reportEnd(cluster);
    await this.#reportStatuses(random.shuffled(condor.runningClusters()).slice(0, STATUSES_PER_REPORT));
    return false;
  }

  /** Reports the end of a cluster. A 404 says that a failover has lost the taskforce. */
  async #reportEnd(cluster: CondorCluster): Promise<void> {
    await this.#wms.reportCompletion(cluster.uuid, Math.floor(Date.now() / 1000)).catch(ignoreNotFound);
    cluster.isEndReported = true;
  }

  async #reportStatuses(clusters: readonly CondorCluster[]): Promise<void> {
    if (clusters.length === 0) return;
    const { nextNumber } = this.#dependencies;
    const statuses = clusters.map(({ uuid }) => [uuid, { RUNNING: { Tasking: nextNumber() } }] as const);
    const errors = clusters.map(({ uuid }) => [uuid, { "simulated error": nextNumber() }] as const);
    await this.#wms.reportStatuses(Object.fromEntries(statuses), Object.fromEntries(errors));
  }
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof WmsApiError) || error.status !== 404) throw error;
}
