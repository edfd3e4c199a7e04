import type { FoundFact } from "../domain/diagnosis.js";
import type { ScheddQueueState } from "../domain/schedd.js";
import type { LeasedQueueName } from "../domain/wmsEvents.js";
import type { Wms } from "../lifecycle/context.js";
import { infoField, listMasters, pingMasters, type RedisClient } from "../redis/redisClient.js";
import type { TaskforceCount } from "../store/counts.js";
import { findInService } from "../views/diagnosis/diagnoseService.js";
import { countJobs, type JobCounts } from "../views/schedds/queueState.js";
import { listSchedds } from "../views/schedds/readSchedds.js";

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
  /** The findings about the service and its schedds. */
  findings: readonly FoundFact[];
}

/** Reads a snapshot. The cost grows with the number of schedds and partitions, not of taskforces. */
export async function readMetricsSnapshot(wms: Wms): Promise<MetricsSnapshot> {
  const { store, queues } = wms;
  const startedAtMs = performance.now();
  await pingMasters(store.redis);
  const pingSeconds = (performance.now() - startedAtMs) / 1000;
  const [memory, strayClusters, taskforces, background, schedds] = await Promise.all([
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
    listSchedds(wms),
  ]);
  const leased = schedds.flatMap(({ schedd, starter, stopper }) => [
    toSnapshot("starter", schedd, starter),
    toSnapshot("stopper", schedd, stopper),
  ]);
  const findings = await findInService(wms, schedds);
  return { pingSeconds, memory, strayClusters, taskforces, queues: [...background, ...leased], findings };
}

const toSnapshot = (
  queue: LeasedQueueName,
  schedd: string,
  { waiting, delayed, leased: active, dead, oldest_waiting_seconds }: ScheddQueueState,
): QueueSnapshot => ({
  queue,
  schedd,
  jobs: { waiting, delayed, active, dead },
  oldestWaitingSeconds: oldest_waiting_seconds,
});

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
