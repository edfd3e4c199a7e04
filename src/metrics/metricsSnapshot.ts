import type { TaskforceUuid } from "../domain/ids.js";
import { PHASE_OF_LEASED_QUEUE } from "../domain/phases.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { LeaseQueue } from "../queues/leaseQueue.js";
import type { Queues } from "../queues/queues.js";
import { infoField, listMasters, pingMasters, type RedisClient } from "../redis/redisClient.js";
import type { TaskforceCount } from "../store/counts.js";
import type { Store } from "../store/store.js";
import { countJobs, type JobCounts, readLongestWaitSeconds } from "../views/schedds/queueState.js";

/** The state of a queue. */
export interface QueueSnapshot {
  /** `starter`, `stopper`, or the name of a background queue. */
  queue: string;
  /** Empty for a background queue. */
  schedd: string;
  jobs: JobCounts;
  /** Seconds that the longest waiting taskforce has waited; 0 when none waits. Undefined for a background queue. */
  oldestWaitingSeconds?: number;
}

/** The memory of a Redis server. A limit of 0 means no limit. */
interface MemoryUsage {
  usedBytes: number;
  limitBytes: number;
}

/** State that all processes of the service share, because Redis holds it. */
export interface MetricsSnapshot {
  /** Seconds that a PING took; in a cluster, the PING of the slowest master. */
  pingSeconds: number;
  /** In a cluster, the memory of the fullest master. */
  memory: MemoryUsage;
  strayClusters: number;
  taskforces: TaskforceCount[];
  queues: QueueSnapshot[];
}

/** Reads a snapshot. The cost grows with the number of schedds and partitions, not of taskforces. */
export async function readMetricsSnapshot(store: Store, queues: Queues): Promise<MetricsSnapshot> {
  const startedAtMs = performance.now();
  await pingMasters(store.redis);
  const pingSeconds = (performance.now() - startedAtMs) / 1000;
  const [memory, strayClusters, taskforces, background, leased] = await Promise.all([
    readMemory(store.redis),
    store.strayClusters.count(),
    store.counts.readAll(),
    Promise.all(
      [queues.activation, queues.deactivation, queues.fanout].map(async ({ queue }) => ({
        queue: queue.name,
        schedd: "",
        jobs: await countJobs(queue),
      })),
    ),
    Promise.all(
      [...queues.schedds()].flatMap(([schedd, { starter, stopper }]) => [
        readLeaseQueue(store, schedd, "starter", starter),
        readLeaseQueue(store, schedd, "stopper", stopper),
      ]),
    ),
  ]);
  return { pingSeconds, memory, strayClusters, taskforces, queues: [...background, ...leased] };
}

/** Reads the memory of the fullest master. A full master refuses writes even when the others are empty. */
async function readMemory(client: RedisClient): Promise<MemoryUsage> {
  const all = await Promise.all(
    listMasters(client).map(async (redis) => {
      const info = await redis.info("memory");
      const bytesOf = (field: string) => Number(infoField(info, field) ?? 0);
      return { usedBytes: bytesOf("used_memory"), limitBytes: bytesOf("maxmemory") };
    }),
  );
  const fullness = ({ usedBytes, limitBytes }: MemoryUsage) => usedBytes / (limitBytes || 1);
  return all.reduce((one, other) => (fullness(other) > fullness(one) ? other : one));
}

async function readLeaseQueue(
  store: Store,
  schedd: string,
  kind: LeasedQueueName,
  { queue }: LeaseQueue,
): Promise<QueueSnapshot> {
  const readPhaseSince = (id: string) => store.readPhaseSinceSeconds(id as TaskforceUuid, PHASE_OF_LEASED_QUEUE[kind]);
  const [jobs, oldestWaitingSeconds] = await Promise.all([
    countJobs(queue),
    readLongestWaitSeconds(queue, store.redis, readPhaseSince),
  ]);
  return { queue: kind, schedd, jobs, oldestWaitingSeconds };
}
