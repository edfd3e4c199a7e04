import type { BenchEnvironment } from "../benchEnvironment.js";
import type { MeasureRate } from "../ratio.js";
import type { ServerProcess } from "../serverProcess.js";

/** The service as deployed, with {@link TAKEN_PER_ROUND} taskforces for each round of each peer. */
export interface PeerSite extends BenchEnvironment {
  ours: ServerProcess;
  rounds: number;
}

/** The same work on both sides. */
export interface PeerComparison {
  work: string;
  shows: "rate" | "milliseconds";
  ours: MeasureRate;
  theirs: MeasureRate;
}

/** A program that is compared with the service. */
export interface Peer {
  name: string;
  /** Returns the reason why the peer cannot be measured here; undefined if it can. */
  findObstacle(): Promise<string | undefined>;
  /** Whether it needs {@link TAKEN_PER_ROUND} taskforces in each round. */
  takesTaskforces: boolean;
  /** Starts the peer and yields comparisons, each of which is measured before the next one is prepared. */
  compare(site: PeerSite): AsyncGenerator<PeerComparison>;
}

/** Pollers, consumers or concurrent jobs. */
export const TAKERS = 32;
/** Jobs or taskforces of each round. A multiple of {@link TAKERS}. */
export const TAKEN_PER_ROUND = 3200;
