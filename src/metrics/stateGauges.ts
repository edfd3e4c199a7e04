import { Gauge, type Registry } from "prom-client";
import type { Queues } from "../queues/queues.js";
import type { Store } from "../store/store.js";
import { recent } from "./cachedWithTimeout.js";
import { readSnapshot, type Snapshot } from "./metricsSnapshot.js";

/** Milliseconds: several scrapers cost Redis no more than one, and a scrape ends well before Prometheus' 10 s. */
const READING = { keep: 2000, patience: 1500 };

/** Where the state is read. */
export interface StateSources {
  store: Store;
  queues: Queues;
  /** What `/readyz` is made of. */
  readiness(): Promise<{ ready: boolean }>;
}

/** Shows what is in Redis, as of the last few seconds. @returns brings it up to date; to be awaited before each scrape */
export function showState(
  registry: Registry,
  { store, queues, readiness }: StateSources,
): () => Promise<void> {
  const up = gauge(
    registry,
    "wms_redis_up",
    "1 while Redis answers, else 0; then nothing that is in it is shown.",
  );
  const ready = gauge(registry, "wms_ready", "1 while /readyz says that requests can be served, else 0.");
  const shown = [...redisGauges(registry), ...taskforceGauges(registry), ...queueGauges(registry)];
  const snapshot = recent(() => readSnapshot(store, queues), READING);
  const isReady = recent(readiness, READING);
  return async () => {
    const [now, able] = await Promise.all([snapshot(), isReady()]);
    up.set(now === undefined ? 0 : 1);
    ready.set(able?.ready === true ? 1 : 0);
    for (const show of shown) show(now);
  };
}

/** Shows a part of a snapshot, or nothing when there is none: old values would be taken for new ones. */
type Show = (snapshot: Snapshot | undefined) => void;

const gauge = <Label extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: Label[] = [],
) => new Gauge({ name, help, labelNames, registers: [registry] });

function redisGauges(registry: Registry): Show[] {
  const one = (name: string, help: string, value: (snapshot: Snapshot) => number): Show => {
    const shown = gauge(registry, name, help);
    return (snapshot) => (snapshot === undefined ? shown.remove() : shown.set(value(snapshot)));
  };
  return [
    one("wms_redis_ping_seconds", "How long Redis took to answer a PING.", ({ ping }) => ping),
    one("wms_redis_memory_bytes", "Memory that Redis uses.", ({ memory }) => memory.used),
    one(
      "wms_redis_memory_limit_bytes",
      "Memory that Redis may use, beyond which it refuses writes; 0: no limit.",
      ({ memory }) => memory.limit,
    ),
  ];
}

function taskforceGauges(registry: Registry): Show[] {
  const taskforces = gauge(registry, "wms_taskforces", "Taskforces.", ["phase", "schedd"]);
  return [
    (snapshot) => {
      taskforces.reset();
      for (const { phase, schedd, count } of snapshot?.taskforces ?? [])
        taskforces.set({ phase, schedd }, count);
    },
  ];
}

function queueGauges(registry: Registry): Show[] {
  const jobs = gauge(
    registry,
    "wms_queue_jobs",
    "Jobs. active: leased by a TMS, or in a worker's hands; delayed: wait before they are tried again; dead: left to the operator.",
    ["queue", "schedd", "state"],
  );
  const oldest = gauge(
    registry,
    "wms_queue_oldest_waiting_seconds",
    "How long the taskforce waits that waits longest of those that a TMS can take; 0: none waits.",
    ["queue", "schedd"],
  );
  return [
    (snapshot) => {
      jobs.reset();
      oldest.reset();
      for (const { queue, schedd, jobs: counts, oldestWaiting } of snapshot?.queues ?? []) {
        for (const [state, count] of Object.entries(counts)) jobs.set({ queue, schedd, state }, count);
        if (oldestWaiting !== undefined) oldest.set({ queue, schedd }, oldestWaiting);
      }
    },
  ];
}
