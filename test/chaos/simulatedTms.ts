import { setTimeout as wait } from "node:timers/promises";
import { buildSubmitReport } from "../../scripts/tms/submitReport.js";
import { WmsApiError, WmsClient } from "../../scripts/tms/wmsClient.js";
import type { RandomSource } from "./randomSource.js";
import type { RecordingClient } from "./recordingClient.js";
import type { ReportNoise } from "./reportNoise.js";
import type { CondorCluster, SimulatedCondor } from "./simulatedCondor.js";

/** Milliseconds between two polls of a queue that is empty, and between two rounds of reports. */
const POLL_INTERVAL_MS = 400;
const ROUND_INTERVAL_MS = 700;
/** Pollers of the starter queue. */
const STARTER_POLLERS = 2;
/** Taskforces in one report of statuses. */
const STATUSES_PER_REPORT = 5;
/** The shares of submissions and removals that fail, and of clusters that end in a round. */
const PROBABILITIES = { submitFails: 0.15, removeFails: 0.05, ends: 0.02 } as const;

/** What a TMS works with. */
export interface TmsDependencies {
  schedd: string;
  condor: SimulatedCondor;
  client: RecordingClient;
  noise: ReportNoise;
  random: RandomSource;
  /** Gives errors and statuses numbers, so that no two reports say the same. */
  nextNumber: () => number;
}

/** When a TMS is to die. */
export type TmsCrashPoint = "before-submit" | "after-submit";

/** The process of a TMS: it remembers nothing that its HTCondor does not know, and can die at any time. */
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

  /** Dies as soon as it has taken a taskforce. @returns when it is dead, after `patience` milliseconds at the latest */
  async crashWithTaskforce(crashPoint: TmsCrashPoint, timeoutMs: number): Promise<void> {
    this.#crashPoint = crashPoint;
    await wait(timeoutMs, undefined, { signal: this.#crash.signal }).catch(() => {});
    this.#crash.abort();
    await this.#loops;
  }

  /** Ends in order, after what it has in hand. */
  async drain(): Promise<void> {
    this.#stop.abort();
    await this.#loops;
  }

  /** Every request goes over the wire, and reports through the noise. */
  #fetch: typeof fetch = async (url, { method = "GET", body } = {}) => {
    const { pathname, search } = new URL(String(url));
    const { client, noise } = this.#dependencies;
    const signal = this.#crash.signal;
    signal.throwIfAborted();
    const sent = { signal, ...(body != null && { body: JSON.parse(String(body)) as unknown }) };
    const answer =
      method === "POST" ? await noise.send(pathname, sent) : await this.#poll(client, pathname + search, signal);
    const { status, reason: statusText, headers } = answer;
    return new Response(JSON.stringify(answer.body), { status, statusText, headers });
  };

  async #poll(wire: RecordingClient, path: string, signal: AbortSignal) {
    type HandOut = { taskforce_uuid?: string; taskforce?: { taskforce_uuid: string } };
    const answer = await wire.send<HandOut>("GET", path, { signal });
    const uuid = answer.body.taskforce?.taskforce_uuid ?? answer.body.taskforce_uuid;
    if (uuid !== undefined) answer.exchange.handedOutUuid = uuid;
    return answer;
  }

  /** @param runOnce says whether there was something to do */
  async #repeat(pauseMs: number, runOnce: () => Promise<boolean>): Promise<void> {
    const signal = AbortSignal.any([this.#crash.signal, this.#stop.signal]);
    while (!signal.aborted) {
      // The next round retries while the service is unreachable.
      const busy = await runOnce().catch(() => false);
      if (!busy) await wait(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  #crashIf(trap: TmsCrashPoint): void {
    if (this.#crashPoint === trap) this.#crash.abort();
    this.#crash.signal.throwIfAborted();
  }

  async #submitOne(): Promise<boolean> {
    const handOut = await this.#wms.leaseStarter();
    if (handOut === undefined) return false;
    const { condor, random, nextNumber } = this.#dependencies;
    const uuid = handOut.taskforce.taskforce_uuid;
    this.#crashIf("before-submit");
    if (random.chance(PROBABILITIES.submitFails)) {
      await this.#wms.reportSubmitFailure(uuid, `no luck ${nextNumber()}`);
      return true;
    }
    const cluster = condor.submit(uuid);
    cluster.report ??= buildSubmitReport(handOut, cluster.id, new Date());
    this.#crashIf("after-submit");
    await this.#reportSubmit(cluster);
    return true;
  }

  /** Removes a cluster whose submission the service refused. */
  async #reportSubmit(cluster: CondorCluster): Promise<void> {
    if (cluster.report === undefined) return;
    try {
      await this.#wms.reportSubmit(cluster.uuid, cluster.report);
    } catch (error) {
      if (!(error instanceof WmsApiError) || error.status !== 404) throw error;
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
      await this.#wms.reportRemovalFailure(taskforce_uuid, `no luck ${nextNumber()}`);
    else {
      if (cluster_id !== null) condor.remove(cluster_id);
      await this.#wms.reportRemoval(taskforce_uuid);
    }
    return true;
  }

  /** Reports submissions that the service does not know yet, ends of clusters, and statuses. */
  async #reportRound(): Promise<boolean> {
    const { condor, random } = this.#dependencies;
    for (const cluster of condor.unreportedSubmissions()) await this.#reportSubmit(cluster);
    for (const cluster of condor.runningClusters()) if (random.chance(PROBABILITIES.ends)) cluster.isRunning = false;
    for (const cluster of condor.unreportedEnds()) {
      await this.#wms.reportCompletion(cluster.uuid, Math.floor(Date.now() / 1000));
      cluster.isEndReported = true;
    }
    await this.#reportStatuses(random.shuffled(condor.runningClusters()).slice(0, STATUSES_PER_REPORT));
    return false;
  }

  async #reportStatuses(clusters: readonly CondorCluster[]): Promise<void> {
    if (clusters.length === 0) return;
    const { nextNumber } = this.#dependencies;
    const statuses = clusters.map(({ uuid }) => [uuid, { RUNNING: { Tasking: nextNumber() } }] as const);
    const errors = clusters.map(({ uuid }) => [uuid, { "ran out of luck": nextNumber() }] as const);
    await this.#wms.reportStatuses(Object.fromEntries(statuses), Object.fromEntries(errors));
  }
}
