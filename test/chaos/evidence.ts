import type { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import type { Store } from "../../src/store/store.js";
import type { ApiView } from "./apiView.js";
import type { RecordingClient } from "./recordingClient.js";
import type { RequestHistory } from "./requestHistory.js";
import type { SimulatedCondor } from "./simulatedCondor.js";
import type { UserExpectations } from "./simulatedUser.js";
import type { StoreSnapshot } from "./storeSnapshot.js";

/** All that invariants are checked from, once nothing moves any more. */
export interface Evidence {
  history: RequestHistory;
  expectations: UserExpectations;
  condors: SimulatedCondor[];
  /** When keys of queues were deleted, in epoch milliseconds. */
  queueDeletionTimesMs: number[];
  /** What lies in Redis. */
  snapshot: StoreSnapshot;
  /** What the service shows. */
  apiView: ApiView;
  client: RecordingClient;
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
