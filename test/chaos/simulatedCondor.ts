import type { TmsSubmitReport } from "../../scripts/tms/wmsTypes.js";

/** An HTCondor cluster. */
export interface CondorCluster {
  id: number;
  /** The taskforce that it was submitted for. */
  uuid: string;
  /** The report of the submission. It is the same for each attempt. */
  report?: TmsSubmitReport;
  isRunning: boolean;
  /** Whether the service has said yes or no to the report that it was submitted. */
  isSubmitReported: boolean;
  /** Whether the service knows its end. The end of a refused cluster is not reported. */
  isEndReported: boolean;
}

/** The HTCondor of an access point: it outlives its TMS, and knows what really runs. */
export class SimulatedCondor {
  readonly clusters: CondorCluster[] = [];
  readonly #firstClusterId: number;

  /** @param first the number of its first cluster; no two access points may give the same */
  constructor(first: number) {
    this.#firstClusterId = first;
  }

  /** Returns a taskforce's running cluster whose submission is not reported yet, else submits a new one. */
  submit(uuid: string): CondorCluster {
    const untold = this.unreportedSubmissions().find((cluster) => cluster.uuid === uuid);
    if (untold !== undefined) return untold;
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

  /** Ends a cluster; one that is not known, or has ended, stays so. */
  remove(id: number): void {
    const cluster = this.clusters[id - this.#firstClusterId];
    if (cluster !== undefined) cluster.isRunning = false;
  }

  /** Clusters whose submission is not reported yet. */
  unreportedSubmissions(): CondorCluster[] {
    return this.clusters.filter(({ isSubmitReported }) => !isSubmitReported);
  }

  /** Clusters that run, as far as the service knows, too. */
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
