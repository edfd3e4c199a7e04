import { Gauge, type Registry } from "prom-client";
import type { Queues } from "../queues/queues.js";
import type { Store } from "../store/store.js";
import { cachedWithTimeout } from "./cachedWithTimeout.js";
import { type MetricsSnapshot, readMetricsSnapshot } from "./metricsSnapshot.js";

/** Several scrapers share one read of Redis, and a scrape ends well before Prometheus' time-out of 10 s. */
const READ_OPTIONS = { maxAgeMs: 2000, timeoutMs: 1500 };

/** The sources of {@link registerStateGauges}. */
export interface StateSources {
  store: Store;
  queues: Queues;
  /** The check of `/readyz`. */
  readiness(): Promise<{ ready: boolean }>;
}

/** Registers gauges of the state in Redis. @returns updates them; await it before each scrape */
export function registerStateGauges(
  registry: Registry,
  { store, queues, readiness }: StateSources,
): () => Promise<void> {
  const redisUp = createGauge(
    registry,
    "wms_redis_up",
    "1 while Redis answers, else 0. The gauges of its state are missing while it is 0.",
  );
  const ready = createGauge(registry, "wms_ready", "1 while /readyz reports ready, else 0.");
  const gaugeUpdates = [
    ...createRedisGauges(registry),
    ...createTaskforceGauges(registry),
    ...createQueueGauges(registry),
  ];
  const readSnapshot = cachedWithTimeout(() => readMetricsSnapshot(store, queues), READ_OPTIONS);
  const readReadiness = cachedWithTimeout(readiness, READ_OPTIONS);
  return async () => {
    const [snapshotNow, readinessNow] = await Promise.all([readSnapshot(), readReadiness()]);
    redisUp.set(snapshotNow === undefined ? 0 : 1);
    ready.set(readinessNow?.ready === true ? 1 : 0);
    for (const updateGauges of gaugeUpdates) updateGauges(snapshotNow);
  };
}

/** Sets some gauges to a snapshot, or removes them without one: old values would look current. */
type UpdateGauges = (snapshot: MetricsSnapshot | undefined) => void;

const createGauge = <Label extends string>(registry: Registry, name: string, help: string, labelNames: Label[] = []) =>
  new Gauge({ name, help, labelNames, registers: [registry] });

function createRedisGauges(registry: Registry): UpdateGauges[] {
  const createRedisGauge = (name: string, help: string, value: (snapshot: MetricsSnapshot) => number): UpdateGauges => {
    const shown = createGauge(registry, name, help);
    return (snapshot) => (snapshot === undefined ? shown.remove() : shown.set(value(snapshot)));
  };
  return [
    createRedisGauge(
      "wms_redis_ping_seconds",
      "Seconds that Redis took to answer a PING.",
      ({ pingSeconds }) => pingSeconds,
    ),
    createRedisGauge("wms_redis_memory_bytes", "Memory that Redis uses.", ({ memory }) => memory.usedBytes),
    createRedisGauge(
      "wms_redis_memory_limit_bytes",
      "The memory limit of Redis, beyond which it refuses writes; 0: no limit.",
      ({ memory }) => memory.limitBytes,
    ),
  ];
}

function createTaskforceGauges(registry: Registry): UpdateGauges[] {
  const taskforces = createGauge(registry, "wms_taskforces", "Taskforces.", ["phase", "schedd"]);
  return [
    (snapshot) => {
      taskforces.reset();
      for (const { phase, schedd, count } of snapshot?.taskforces ?? []) taskforces.set({ phase, schedd }, count);
    },
  ];
}

function createQueueGauges(registry: Registry): UpdateGauges[] {
  const jobs = createGauge(
    registry,
    "wms_queue_jobs",
    "Jobs. active: leased by a TMS or a worker; delayed: in a backoff; dead: dead letters for the operator.",
    ["queue", "schedd", "state"],
  );
  const oldest = createGauge(
    registry,
    "wms_queue_oldest_waiting_seconds",
    "Seconds that the longest waiting taskforce has waited for a TMS; 0: none waits.",
    ["queue", "schedd"],
  );
  return [
    (snapshot) => {
      jobs.reset();
      oldest.reset();
      for (const { queue, schedd, jobs: counts, oldestWaitingSeconds } of snapshot?.queues ?? []) {
        for (const [state, count] of Object.entries(counts)) jobs.set({ queue, schedd, state }, count);
        if (oldestWaitingSeconds !== undefined) oldest.set({ queue, schedd }, oldestWaitingSeconds);
      }
    },
  ];
}
