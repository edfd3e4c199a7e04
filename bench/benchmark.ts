import type { BenchEnvironment } from "./benchEnvironment.js";
import type { QueryTargets } from "./queries/queryPopulation.js";
import type { MeasureRate } from "./ratio.js";
import type { Recordings } from "./recordedWrites.js";
import type { ServerProcess } from "./serverProcess.js";

/** A store that a benchmark may fill before the service starts. */
export interface UnstartedBench extends BenchEnvironment {
  /** Scales a number of requests or entities down for a quick run. @param least a minimum */
  scale(amount: number, least?: number): number;
  /** Measured rounds of a benchmark, without the warm-up. */
  rounds: number;
  /** What the service stores for a workflow. */
  recordings: Recordings;
  /** What the queries of the benchmarks search. */
  targets: QueryTargets;
}

/** The running servers, on one Redis. */
export interface BenchServers {
  /** A web process. */
  ours: ServerProcess;
  /** `baseline.ts`. */
  baseline: ServerProcess;
  /** `queries/queryBaseline.ts`. */
  queryBaseline: ServerProcess;
}

/** The two sides of a comparison, and what to add to its name. */
export interface Sides {
  note?: string;
  ours: MeasureRate;
  baseline: MeasureRate;
}

/** A comparison of the service with a baseline. */
export interface Benchmark {
  name: string;
  /** The lowest acceptable ratio, ours / baseline. */
  minRatio: number;
  /** Whether the result is a rate, or the milliseconds of one request. */
  shows: "rate" | "milliseconds";
  /** Whether the worker has work afterwards. The next measurement waits for its end. */
  givesWorkToWorker: boolean;
  /** Fills the store before the service starts. @returns a function that prepares the measurement */
  prepare(bench: UnstartedBench): Promise<(servers: BenchServers) => Promise<Sides>>;
}
