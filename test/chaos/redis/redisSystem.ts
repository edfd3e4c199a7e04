import type { RedisClient } from "../../../src/redis/redisClient.js";
import type { TcpProxy } from "../../processes/tcpProxy.js";
import type { Interval } from "../evidence.js";
import type { FaultKind } from "../faultPlan.js";

/** The kinds of Redis that a run can have. */
export const REDIS_KINDS = ["single", "sentinels", "cluster"] as const;
export type RedisKind = (typeof REDIS_KINDS)[number];

/** The Redis of a run, and how it breaks. */
export interface RedisSystem {
  /** The settings by which a process finds it. @param index of the process */
  environmentOf(index: number): Record<string, string>;
  /** One between each process and Redis; none where clients learn the addresses of the servers from Redis itself. */
  readonly proxies: readonly TcpProxy[];
  /** Connects past the proxies. Commands wait while Redis is unreachable. */
  connect(): RedisClient;
  /** Kills a master, and starts it again after some milliseconds. @param target chooses one of several */
  kill(durationMs: number, target: number): Promise<void>;
  /** Stops the process of a master for some milliseconds. */
  stop(durationMs: number, target: number): Promise<void>;
  /** The disk of a master is full for some milliseconds. */
  fillDisk(durationMs: number, target: number): Promise<void>;
  /** Another server takes the place of Redis. The old one keeps its clients, as a replica, for some milliseconds. */
  demote(durationMs: number): Promise<void>;
  /**
   * When acknowledged writes may get lost, because replication is asynchronous: what a master has confirmed just before it
   * died, after it was replaced without knowing it, or between its promotion and its replacement soon afterwards.
   */
  readonly losses: readonly Interval[];
  close(): Promise<void>;
}

/** Faults of a proxy before Redis, or of a name that leads to another server. */
const SINGLE_SERVER_FAULTS: readonly FaultKind[] = [
  "cut-redis",
  "slow-redis",
  "lossy-redis",
  "lose-replies",
  "silence-redis",
  "demote-redis",
];

/** Returns those of the faults that a kind of Redis can have. @throws TypeError when it can have none */
export function possibleFaults(on: RedisKind, kinds: readonly FaultKind[]): FaultKind[] {
  const possible = kinds.filter((kind) => on === "single" || !SINGLE_SERVER_FAULTS.includes(kind));
  if (possible.length === 0) throw new TypeError(`a run on ${on} can have none of these faults: ${kinds.join(", ")}`);
  return possible;
}

/** Milliseconds before the death of a master within which its last writes may not have reached a replica. */
const UNREPLICATED_MS = 1000;
/** Milliseconds after which a resumed master knows that it was replaced, and refuses writes. */
const UNAWARE_MS = 4000;

/** The interval in which writes get lost when a master dies or stands still. */
export const lossInterval = (beganAtMs: number, endedAtMs: number, isResumed: boolean): Interval => ({
  beganAtMs: beganAtMs - UNREPLICATED_MS,
  endedAtMs: endedAtMs + (isResumed ? UNAWARE_MS : 0),
});
