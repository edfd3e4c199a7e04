import { setTimeout as wait } from "node:timers/promises";
import { submission } from "../../scripts/tms/submitReport.js";
import { WmsClient, WmsRefusal } from "../../scripts/tms/wmsClient.js";
import type { Cluster, Condor } from "./simulatedCondor.js";
import type { Dice } from "./randomSource.js";
import type { ReportNoise } from "./reportNoise.js";
import type { Wire } from "./recordingClient.js";

/** Milliseconds between two polls of a queue that is empty, and between two rounds of reports. */
const POLL = 400;
const ROUND = 700;
/** Pollers of the starter queue. */
const STARTERS = 2;
/** Taskforces in one report of statuses. */
const STATUSES = 5;
/** The shares of submissions and removals that fail, and of clusters that end in a round. */
const SHARES = { submitFails: 0.15, removeFails: 0.05, ends: 0.02 } as const;

/** What a TMS works with. */
export interface TmsParts {
  schedd: string;
  condor: Condor;
  wire: Wire;
  noise: ReportNoise;
  dice: Dice;
  /** Gives errors and statuses numbers, so that no two reports say the same. */
  nextNumber: () => number;
}

/** When a TMS is to die. */
export type DeathTrap = "before-submit" | "after-submit";

/** The process of a TMS: it remembers nothing that its HTCondor does not know, and can die at any time. */
export class TmsProcess {
  readonly #parts: TmsParts;
  readonly #wms: WmsClient;
  readonly #death = new AbortController();
  readonly #stop = new AbortController();
  readonly #loops: Promise<unknown>;
  #trap: DeathTrap | undefined;

  constructor(parts: TmsParts) {
    this.#parts = parts;
    const signal = AbortSignal.any([this.#death.signal, this.#stop.signal]);
    this.#wms = new WmsClient({ url: "http://wms", schedd: parts.schedd, fetch: this.#fetch, signal });
    this.#loops = Promise.all([
      ...Array.from({ length: STARTERS }, () => this.#again(POLL, () => this.#start())),
      this.#again(POLL, () => this.#stopOne()),
      this.#again(ROUND, () => this.#round()),
    ]);
  }

  /** Dies as soon as it has taken a taskforce. @returns when it is dead, after `patience` milliseconds at the latest */
  async dieWithTaskforce(trap: DeathTrap, patience: number): Promise<void> {
    this.#trap = trap;
    await wait(patience, undefined, { signal: this.#death.signal }).catch(() => {});
    this.#death.abort();
    await this.#loops;
  }

  /** Ends in order, after what it has in hand. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#loops;
  }

  /** Every request goes over the wire, and reports through the noise. */
  #fetch: typeof fetch = async (url, { method = "GET", body } = {}) => {
    const { pathname, search } = new URL(String(url));
    const { wire, noise } = this.#parts;
    const signal = this.#death.signal;
    signal.throwIfAborted();
    const sent = { signal, ...(body != null && { body: JSON.parse(String(body)) as unknown }) };
    const answer =
      method === "POST"
        ? await noise.send(pathname, sent)
        : await this.#poll(wire, pathname + search, signal);
    const { status, reason: statusText, headers } = answer;
    return new Response(JSON.stringify(answer.body), { status, statusText, headers });
  };

  async #poll(wire: Wire, path: string, signal: AbortSignal) {
    type HandOut = { taskforce_uuid?: string; taskforce?: { taskforce_uuid: string } };
    const answer = await wire.send<HandOut>("GET", path, { signal });
    const uuid = answer.body.taskforce?.taskforce_uuid ?? answer.body.taskforce_uuid;
    if (uuid !== undefined) answer.exchange.handedOut = uuid;
    return answer;
  }

  /** @param turn says whether there was something to do */
  async #again(pause: number, turn: () => Promise<boolean>): Promise<void> {
    const signal = AbortSignal.any([this.#death.signal, this.#stop.signal]);
    while (!signal.aborted) {
      // A service that is away is asked again in the next turn.
      const busy = await turn().catch(() => false);
      if (!busy) await wait(pause, undefined, { signal }).catch(() => {});
    }
  }

  #dieIf(trap: DeathTrap): void {
    if (this.#trap === trap) this.#death.abort();
    this.#death.signal.throwIfAborted();
  }

  async #start(): Promise<boolean> {
    const handOut = await this.#wms.pendingStarter();
    if (handOut === undefined) return false;
    const { condor, dice, nextNumber } = this.#parts;
    const uuid = handOut.taskforce.taskforce_uuid;
    this.#dieIf("before-submit");
    if (dice.chance(SHARES.submitFails)) {
      await this.#wms.reportSubmitFailure(uuid, `no luck ${nextNumber()}`);
      return true;
    }
    const cluster = condor.submit(uuid);
    cluster.report ??= submission(handOut, cluster.id, new Date());
    this.#dieIf("after-submit");
    await this.#tellSubmit(cluster);
    return true;
  }

  /** A cluster that the service does not want is nobody's, so it is removed. */
  async #tellSubmit(cluster: Cluster): Promise<void> {
    if (cluster.report === undefined) return;
    try {
      await this.#wms.reportSubmit(cluster.uuid, cluster.report);
    } catch (error) {
      if (!(error instanceof WmsRefusal) || error.status !== 404) throw error;
      cluster.runs = false;
      cluster.endTold = true;
    }
    cluster.submitTold = true;
  }

  async #stopOne(): Promise<boolean> {
    const taskforce = await this.#wms.pendingStopper();
    if (taskforce === undefined) return false;
    const { condor, dice, nextNumber } = this.#parts;
    const { taskforce_uuid, cluster_id } = taskforce;
    if (dice.chance(SHARES.removeFails))
      await this.#wms.reportRemovalFailure(taskforce_uuid, `no luck ${nextNumber()}`);
    else {
      if (cluster_id !== null) condor.remove(cluster_id);
      await this.#wms.reportRemoval(taskforce_uuid);
    }
    return true;
  }

  /** What a TMS tells without being asked: submissions of which the service does not know yet, ends, statuses. */
  async #round(): Promise<boolean> {
    const { condor, dice } = this.#parts;
    for (const cluster of condor.untold()) await this.#tellSubmit(cluster);
    for (const cluster of condor.running()) if (dice.chance(SHARES.ends)) cluster.runs = false;
    for (const cluster of condor.ended()) {
      await this.#wms.reportCompletion(cluster.uuid, Math.floor(Date.now() / 1000));
      cluster.endTold = true;
    }
    await this.#tellStatuses(dice.shuffled(condor.running()).slice(0, STATUSES));
    return false;
  }

  async #tellStatuses(clusters: readonly Cluster[]): Promise<void> {
    if (clusters.length === 0) return;
    const { nextNumber } = this.#parts;
    const statuses = clusters.map(({ uuid }) => [uuid, { RUNNING: { Tasking: nextNumber() } }] as const);
    const errors = clusters.map(({ uuid }) => [uuid, { "ran out of luck": nextNumber() }] as const);
    await this.#wms.reportStatuses(Object.fromEntries(statuses), Object.fromEntries(errors));
  }
}
