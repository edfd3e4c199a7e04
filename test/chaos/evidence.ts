import type { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import type { Store } from "../../src/store/store.js";
import type { Condor } from "./simulatedCondor.js";
import type { History } from "./requestHistory.js";
import type { Snapshot } from "./storeSnapshot.js";
import type { Promised } from "./simulatedUser.js";
import type { View } from "./apiView.js";
import type { Wire } from "./recordingClient.js";

/** All that invariants are checked from, once nothing moves any more. */
export interface Evidence {
  history: History;
  promised: Promised;
  condors: Condor[];
  /** When keys of queues were deleted, in epoch milliseconds. */
  deletions: number[];
  /** What lies in Redis. */
  snapshot: Snapshot;
  /** What the service shows. */
  view: View;
  wire: Wire;
  redis: RedisClient;
  store: Store;
  queues: Queues;
}

/** A promise that was broken. */
export interface Violation {
  /** The name of the invariant. */
  invariant: string;
  message: string;
  /** The taskforce that it is about, if it is about one. */
  taskforce?: string;
}

/** What a check found. */
export type Finding = Omit<Violation, "invariant">;

/** Something that must hold whatever was broken. @returns what contradicts it */
export type Invariant = (evidence: Evidence) => Finding[] | Promise<Finding[]>;
