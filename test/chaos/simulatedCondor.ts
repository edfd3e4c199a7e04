import type { TmsSubmitReport } from "../../scripts/tms/wmsTypes.js";

/** An HTCondor cluster. */
export interface CondorCluster {
  id: number;
  /** The taskforce that it was submitted for. */
  uuid: string;
  /** The report of the submission. It is the same for each attempt. */
  report?: TmsSubmitReport;
  isRunning: boolean;
  /** Whether the service has accepted or refused the report of the submission. */
  isSubmitReported: boolean;
  /** Whether the service knows its end. The end of a refused cluster is not reported. */
  isEndReported: boolean;
}

/** The HTCondor of an access point. It outlives its TMS, and records the clusters that really run. */
export class SimulatedCondor {
  readonly clusters: CondorCluster[] = [];
  readonly #firstClusterId: number;

  /** @param firstClusterId ranges of access points must not overlap */
  constructor(firstClusterId: number) {
    this.#firstClusterId = firstClusterId;
  }

  /** Returns a taskforce's running cluster whose submission is not reported yet, else submits a new one. */
  submit(uuid: string): CondorCluster {
    const unreported = this.unreportedSubmissions().find((cluster) => cluster.uuid === uuid);
    if (unreported !== undefined) return unreported;
    const id = this.#firstClusterId + this.clusters.length;
    const cluster: CondorCluster = {
      id,
      uuid,
      isRunning: true,
      isSubmitReported: false,
      isEndReported: false,
    };
    this.clusters.push(cluster);
    return cluster;
  }

  /** Removes a cluster. An unknown or ended cluster is ignored. */
  remove(id: number): void {
    const cluster = this.clusters[id - this.#firstClusterId];
    if (cluster !== undefined) cluster.isRunning = false;
  }

  /** Clusters whose submission is not reported yet. */
  unreportedSubmissions(): CondorCluster[] {
    return this.clusters.filter(({ isSubmitReported }) => !isSubmitReported);
  }

  /** Running clusters whose submission is reported. */
  runningClusters(): CondorCluster[] {
    return this.clusters.filter(({ isRunning, isSubmitReported }) => isRunning && isSubmitReported);
  }

  /** Clusters whose end is not reported yet. */
  unreportedEnds(): CondorCluster[] {
    return this.clusters.filter(
      ({ isRunning, isSubmitReported, isEndReported }) => !isRunning && isSubmitReported && !isEndReported,
    );
  }
}
