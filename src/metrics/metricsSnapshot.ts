import type { Redis } from "ioredis";
import type { LeasedQueue } from "../domain/wmsEvents.js";
import type { TaskforceUuid } from "../domain/ids.js";
import { LEASED_PHASE } from "../domain/phases.js";
import { type JobCounts, jobCounts, longestWait } from "../views/schedds/queueDepth.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { Queues } from "../queues/queues.js";
import { mastersOf, pingMasters, type RedisClient } from "../redis/redisClient.js";
import type { TaskforceCount } from "../store/counts.js";
import type { Store } from "../store/store.js";

/** How a queue stands. */
export interface QueueState {
  /** `starter`, `stopper`, or the name of a queue of the background work. */
  queue: string;
  /** Empty for the background work. */
  schedd: string;
  jobs: JobCounts;
  /** Seconds that the longest waiting taskforce waits; 0 when none does. Undefined for the background work. */
  oldestWaiting: number | undefined;
}

/** In bytes; the limit is 0 when Redis has none. */
interface Memory {
  used: number;
  limit: number;
}

/** What all processes of the service see alike: it is in Redis. */
export interface Snapshot {
  /** Seconds that a PING took; of a cluster, to the slowest master. */
  ping: number;
  /** Of the fullest master of a cluster. */
  memory: Memory;
  taskforces: TaskforceCount[];
  queues: QueueState[];
}

/** Reads a snapshot. The work depends on how many schedds and partitions there are, not on how many taskforces. */
export async function readSnapshot(store: Store, queues: Queues): Promise<Snapshot> {
  const began = performance.now();
  await pingMasters(store.redis);
  const ping = (performance.now() - began) / 1000;
  const [memory, taskforces, background, leased] = await Promise.all([
    readMemory(store.redis),
    store.counts.read(),
    Promise.all([queues.activation, queues.launch, queues.deactivation, queues.fanout].map(backgroundState)),
    Promise.all(
      [...queues.schedds()].flatMap(([schedd, { starter, stopper }]) => [
        leasedState(store, schedd, "starter", starter),
        leasedState(store, schedd, "stopper", stopper),
      ]),
    ),
  ]);
  return { ping, memory, taskforces, queues: [...background, ...leased] };
}

/** The first master that is full refuses writes, however empty the others are. */
async function readMemory(client: RedisClient): Promise<Memory> {
  const all = await Promise.all(mastersOf(client).map(memoryOf));
  const fullness = ({ used, limit }: Memory) => used / (limit || 1);
  return all.reduce((one, other) => (fullness(other) > fullness(one) ? other : one));
}

async function memoryOf(redis: Redis): Promise<Memory> {
  const info = await redis.info("memory");
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return { used: field("used_memory"), limit: field("maxmemory") };
}

async function backgroundState({ queue }: Queues["activation"]): Promise<QueueState> {
  return { queue: queue.name, schedd: "", jobs: await jobCounts(queue), oldestWaiting: undefined };
}

async function leasedState(
  store: Store,
  schedd: string,
  kind: LeasedQueue,
  { queue }: LeaseQueue,
): Promise<QueueState> {
  const [jobs, oldestWaiting] = await Promise.all([
    jobCounts(queue),
    longestWait(queue, store.redis, (id) => store.inPhaseSince(id as TaskforceUuid, LEASED_PHASE[kind])),
  ]);
  return { queue: kind, schedd, jobs, oldestWaiting };
}
