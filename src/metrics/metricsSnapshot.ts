import { epochMs } from "../domain/clock.js";
import type { AttentionCode, FoundFact } from "../domain/diagnosis.js";
import { groupBy } from "../domain/groupBy.js";
import type { RedisServerState, SystemProcess, SystemQueue, SystemUpstream } from "../domain/system.js";
import type { Wms } from "../lifecycle/context.js";
import { pingMasters } from "../redis/redisClient.js";
import { isPersistenceOk } from "../redis/serverInfo.js";
import type { TaskforceCount } from "../store/counts.js";
import { readServiceFacts } from "../views/diagnosis/diagnoseService.js";
import { findInService } from "../views/diagnosis/serviceFindings.js";

/** The memory of a Redis server. A limit of 0 means no limit. */
interface MemoryUsage {
  usedBytes: number;
  limitBytes: number;
}

/** State that all processes of the service share, because Redis holds it. */
export interface MetricsSnapshot {
  /** Seconds that a PING took; in a cluster, the PING of the slowest master. */
  pingSeconds: number;
  /** In a cluster, the memory of the fullest master; undefined where they forbid INFO. */
  memory: MemoryUsage | undefined;
  /** Whether all masters write their data to disk; undefined where they forbid INFO. */
  isPersistenceOk: boolean | undefined;
  /** The number of live processes by role and release. */
  processes: { role: string; version: string; count: number }[];
  /** Seconds since the oldest failure that lasts in any process; 0: none. Undefined: no process calls the service. */
  failingSeconds: { mqs: number | undefined; identityProvider: number | undefined };
  /** The largest difference between a machine's clock and the one of Redis. */
  clockDifferenceSeconds: number;
  strayClusters: number;
  /** Seconds since retention has removed all that had to be removed; undefined: it is off. */
  retentionBehindSeconds: number | undefined;
  taskforces: TaskforceCount[];
  queues: readonly SystemQueue[];
  /** The findings about the service and its schedds. */
  findings: readonly FoundFact[];
  /** The number of active workflows with a finding, by code. */
  attention: ReadonlyMap<AttentionCode, number>;
}

/** Reads a snapshot. The cost grows with schedds, partitions and workflows that need attention, not with taskforces. */
export async function readMetricsSnapshot(wms: Wms): Promise<MetricsSnapshot> {
  const startedAtMs = performance.now();
  await pingMasters(wms.store.redis);
  const pingSeconds = (performance.now() - startedAtMs) / 1000;
  const [facts, taskforces, attention] = await Promise.all([
    readServiceFacts(wms),
    wms.store.counts.readAll(),
    wms.store.summaries.countAttention(),
  ]);
  const { processes, redis, upstreams, queues, retention, clock_difference_seconds } = facts.system;
  const persistence = redis.map(isPersistenceOk).filter((isOk) => isOk !== undefined);
  return {
    pingSeconds,
    memory: fullestMemory(redis),
    isPersistenceOk: persistence.length === 0 ? undefined : persistence.every(Boolean),
    processes: countProcesses(processes),
    failingSeconds: {
      mqs: failingSeconds(upstreams.mqs),
      identityProvider: failingSeconds(upstreams.identity_provider),
    },
    clockDifferenceSeconds: clock_difference_seconds,
    retentionBehindSeconds: retention === null ? undefined : Math.max(0, epochMs() / 1000 - retention.up_to),
    strayClusters: facts.strayClusters.length,
    taskforces,
    queues,
    findings: findInService(facts),
    attention,
  };
}

function countProcesses(live: readonly SystemProcess[]): MetricsSnapshot["processes"] {
  const groups = groupBy(live, ({ role, version }) => `${role} ${version}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ role: first.role, version: first.version, count: group.length }];
  });
}

function failingSeconds(upstream: SystemUpstream | null): number | undefined {
  if (upstream === null) return undefined;
  return upstream.failing_since === null ? 0 : Math.max(0, epochMs() / 1000 - upstream.failing_since);
}

/** The memory of the fullest master. A full master refuses writes even when the others are empty. */
function fullestMemory(servers: readonly RedisServerState[]): MemoryUsage | undefined {
  const all = servers.flatMap(({ used_memory_bytes: usedBytes, max_memory_bytes: limitBytes }) =>
    usedBytes === null ? [] : [{ usedBytes, limitBytes: limitBytes ?? 0 }],
  );
  const fullness = ({ usedBytes, limitBytes }: MemoryUsage) => usedBytes / (limitBytes || 1);
  return all.toSorted((one, other) => fullness(other) - fullness(one))[0];
}
