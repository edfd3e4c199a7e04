import type { RedisServerState } from "../domain/system.js";
import type { Queues } from "../queues/queues.js";
import { pingMasters } from "../redis/redisClient.js";
import { readServers } from "../redis/serverInfo.js";
import type { TaskforceCount } from "../store/counts.js";
import type { Store } from "../store/store.js";
import { type QueueSnapshot, readQueueSnapshots } from "../views/schedds/queueSnapshots.js";

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
  taskforces: TaskforceCount[];
  queues: QueueSnapshot[];
}

/** Reads a snapshot. The cost grows with the number of schedds and partitions, not of taskforces. */
export async function readMetricsSnapshot(store: Store, queues: Queues): Promise<MetricsSnapshot> {
  const startedAtMs = performance.now();
  await pingMasters(store.redis);
  const pingSeconds = (performance.now() - startedAtMs) / 1000;
  const [servers, taskforces, snapshots] = await Promise.all([
    readServers(store.redis),
    store.counts.readAll(),
    readQueueSnapshots(store, queues),
  ]);
  return { pingSeconds, memory: fullestMemory(servers), taskforces, queues: snapshots };
}

/** The memory of the fullest master. A full master refuses writes even when the others are empty. */
function fullestMemory(servers: readonly RedisServerState[]): MemoryUsage {
  const all = servers.map((each) => ({
    usedBytes: each.used_memory_bytes ?? 0,
    limitBytes: each.max_memory_bytes ?? 0,
  }));
  const fullness = ({ usedBytes, limitBytes }: MemoryUsage) => usedBytes / (limitBytes || 1);
  return all.reduce((one, other) => (fullness(other) > fullness(one) ? other : one));
}
