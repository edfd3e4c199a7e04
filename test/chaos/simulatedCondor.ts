import type { SubmitReport } from "../../scripts/tms/wmsTypes.js";

/** An HTCondor cluster. */
export interface Cluster {
  id: number;
  /** The taskforce that it was submitted for. */
  uuid: string;
  /** What the service is to be told of the submission; the same each time. */
  report?: SubmitReport;
  runs: boolean;
  /** Whether the service has said yes or no to the report that it was submitted. */
  submitTold: boolean;
  /** Whether the service knows that it ended; one that it refused is nobody's. */
  endTold: boolean;
}

/** The HTCondor of an access point: it outlives its TMS, and knows what really runs. */
export class Condor {
  readonly clusters: Cluster[] = [];
  readonly #first: number;

  /** @param first the number of its first cluster; no two access points may give the same */
  constructor(first: number) {
    this.#first = first;
  }

  /** The running cluster of a taskforce whose submission was not told yet, else a new one: a TMS looks before it submits. */
  submit(uuid: string): Cluster {
    const untold = this.untold().find((cluster) => cluster.uuid === uuid);
    if (untold !== undefined) return untold;
    const id = this.#first + this.clusters.length;
    const cluster: Cluster = { id, uuid, runs: true, submitTold: false, endTold: false };
    this.clusters.push(cluster);
    return cluster;
  }

  /** Ends a cluster; one that is not known, or has ended, stays so. */
  remove(id: number): void {
    const cluster = this.clusters[id - this.#first];
    if (cluster !== undefined) cluster.runs = false;
  }

  /** Clusters of which the service has not been told that they were submitted. */
  untold(): Cluster[] {
    return this.clusters.filter(({ submitTold }) => !submitTold);
  }

  /** Clusters that run, as far as the service knows, too. */
  running(): Cluster[] {
    return this.clusters.filter(({ runs, submitTold }) => runs && submitTold);
  }

  /** Clusters that ended without the service having been told. */
  ended(): Cluster[] {
    return this.clusters.filter(({ runs, submitTold, endTold }) => !runs && submitTold && !endTold);
  }
}
