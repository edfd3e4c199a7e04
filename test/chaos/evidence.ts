import type { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import type { Store } from "../../src/store/store.js";
import type { ApiView } from "./apiView.js";
import type { RecordingClient } from "./recordingClient.js";
import type { RequestHistory } from "./requestHistory.js";
import type { SimulatedCondor } from "./simulatedCondor.js";
import type { UserExpectations } from "./simulatedUser.js";
import type { StoreSnapshot } from "./storeSnapshot.js";

/** Epoch milliseconds. */
export interface Interval {
  beganAtMs: number;
  endedAtMs: number;
}

/** The data that invariants are checked against, collected after the service has settled. */
export interface Evidence {
  history: RequestHistory;
  expectations: UserExpectations;
  condors: SimulatedCondor[];
  /** When keys of queues were deleted, in epoch milliseconds. */
  queueDeletionTimesMs: number[];
  /** When something between the clients and the service lost responses that the service had sent. */
  responseLosses: readonly Interval[];
  /** The data in Redis. */
  snapshot: StoreSnapshot;
  /** The data that the API returns. */
  apiView: ApiView;
  client: RecordingClient;
  redis: RedisClient;
  store: Store;
  queues: Queues;
}

/** A violated invariant. */
export interface Violation {
  /** The name of the invariant. */
  invariant: string;
  message: string;
  /** The affected taskforce, if there is one. */
  taskforce?: string;
}

/** A violation without the name of its invariant. */
export type Finding = Omit<Violation, "invariant">;

/** Checks a condition that must hold after any faults. @returns its violations */
export type Invariant = (evidence: Evidence) => Finding[] | Promise<Finding[]>;
