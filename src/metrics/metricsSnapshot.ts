import type { Redis } from "ioredis";
import type { TaskforceUuid } from "../domain/ids.js";
import { PHASE_OF_LEASED_QUEUE } from "../domain/phases.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { Queues } from "../queues/queues.js";
import { listMasters, pingMasters, type RedisClient } from "../redis/redisClient.js";
import type { TaskforceCount } from "../store/counts.js";
import type { Store } from "../store/store.js";
import { countJobs, type JobCounts, readLongestWaitSeconds } from "../views/schedds/queueDepth.js";

/** How a queue stands. */
export interface QueueSnapshot {
  /** `starter`, `stopper`, or the name of a queue of the background work. */
  queue: string;
  /** Empty for the background work. */
  schedd: string;
  jobs: JobCounts;
  /** Seconds that the longest waiting taskforce waits; 0 when none does. Undefined for the background work. */
  oldestWaitingSeconds: number | undefined;
}

/** In bytes; the limit is 0 when Redis has none. */
interface MemoryUsage {
  usedBytes: number;
  limitBytes: number;
}

/** What all processes of the service see alike: it is in Redis. */
export interface MetricsSnapshot {
  /** Seconds that a PING took; of a cluster, to the slowest master. */
  pingSeconds: number;
  /** Of the fullest master of a cluster. */
  memory: MemoryUsage;
  taskforces: TaskforceCount[];
  queues: QueueSnapshot[];
}

/** Reads a snapshot. The work depends on how many schedds and partitions there are, not on how many taskforces. */
export async function readMetricsSnapshot(store: Store, queues: Queues): Promise<MetricsSnapshot> {
  const startedAtMs = performance.now();
  await pingMasters(store.redis);
  const ping = (performance.now() - startedAtMs) / 1000;
  const [memory, taskforces, background, leased] = await Promise.all([
    readMemory(store.redis),
    store.counts.readAll(),
    Promise.all([queues.activation, queues.launch, queues.deactivation, queues.fanout].map(readBackgroundQueue)),
    Promise.all(
      [...queues.schedds()].flatMap(([schedd, { starter, stopper }]) => [
        readLeaseQueue(store, schedd, "starter", starter),
        readLeaseQueue(store, schedd, "stopper", stopper),
      ]),
    ),
  ]);
  return { pingSeconds: ping, memory, taskforces, queues: [...background, ...leased] };
}

/** The first master that is full refuses writes, however empty the others are. */
async function readMemory(client: RedisClient): Promise<MemoryUsage> {
  const all = await Promise.all(listMasters(client).map(readMemoryOfServer));
  const fullness = ({ usedBytes, limitBytes }: MemoryUsage) => usedBytes / (limitBytes || 1);
  return all.reduce((one, other) => (fullness(other) > fullness(one) ? other : one));
}

async function readMemoryOfServer(redis: Redis): Promise<MemoryUsage> {
  const info = await redis.info("memory");
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return { usedBytes: field("used_memory"), limitBytes: field("maxmemory") };
}

async function readBackgroundQueue({ queue }: Queues["activation"]): Promise<QueueSnapshot> {
  return { queue: queue.name, schedd: "", jobs: await countJobs(queue), oldestWaitingSeconds: undefined };
}

async function readLeaseQueue(
  store: Store,
  schedd: string,
  kind: LeasedQueueName,
  { queue }: LeaseQueue,
): Promise<QueueSnapshot> {
  const [jobs, oldestWaiting] = await Promise.all([
    countJobs(queue),
    readLongestWaitSeconds(queue, store.redis, (id) =>
      store.readPhaseSinceSeconds(id as TaskforceUuid, PHASE_OF_LEASED_QUEUE[kind]),
    ),
  ]);
  return { queue: kind, schedd, jobs, oldestWaitingSeconds: oldestWaiting };
}
