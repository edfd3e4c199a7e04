import { Gauge, type Registry } from "prom-client";
import { FINDING_CODES, FINDING_RULES } from "../domain/diagnosis.js";
import type { Wms } from "../lifecycle/context.js";
import { cachedWithTimeout } from "./cachedWithTimeout.js";
import { readMetricsSnapshot } from "./metricsSnapshot.js";

/** Several scrapers share one read of Redis, and a scrape ends well before Prometheus' time-out of 10 s. */
const READ_OPTIONS = { maxAgeMs: 2000, timeoutMs: 1500 };

/** The sources of {@link registerStateGauges}. */
export interface StateSources {
  wms: Wms;
  /** The check of `/readyz`. */
  readiness(): Promise<{ ready: boolean }>;
}

/** Registers gauges of the state in Redis. @returns updates them; await it before each scrape */
export function registerStateGauges(registry: Registry, { wms, readiness }: StateSources): () => Promise<void> {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const redisUp = gauge(
    "wms_redis_up",
    "1 while Redis answers, else 0. The gauges of its state are missing while it is 0.",
  );
  const ready = gauge("wms_ready", "1 while /readyz reports ready, else 0.");
  const ping = gauge("wms_redis_ping_seconds", "Seconds that Redis took to answer a PING.");
  const memoryUsed = gauge("wms_redis_memory_bytes", "Memory that Redis uses.");
  const memoryLimit = gauge(
    "wms_redis_memory_limit_bytes",
    "The memory limit of Redis, beyond which it refuses writes; 0: no limit.",
  );
  const taskforces = gauge("wms_taskforces", "Taskforces.", ["phase", "schedd"]);
  const jobs = gauge(
    "wms_queue_jobs",
    "Jobs. active: leased by a TMS or a worker; delayed: in a backoff; dead: dead letters for the operator.",
    ["queue", "schedd", "state"],
  );
  const oldestWaiting = gauge(
    "wms_queue_oldest_waiting_seconds",
    "Seconds that the longest waiting taskforce has waited for a TMS; 0: none waits.",
    ["queue", "schedd"],
  );
  const findings = gauge(
    "wms_findings",
    "1 for each finding about a schedd or, without schedd, about the service; else 0. docs/operations/findings.md has the codes.",
    ["code", "severity", "schedd"],
  );
  const strayClusters = gauge(
    "wms_stray_clusters",
    "Stray clusters in the list: HTCondor runs them, and the service rejected their reports.",
  );
  const readSnapshot = cachedWithTimeout(() => readMetricsSnapshot(wms), READ_OPTIONS);
  const readReadiness = cachedWithTimeout(readiness, READ_OPTIONS);
  return async () => {
    const [snapshot, readinessNow] = await Promise.all([readSnapshot(), readReadiness()]);
    redisUp.set(snapshot === undefined ? 0 : 1);
    ready.set(readinessNow?.ready === true ? 1 : 0);
    // While Redis does not answer, old values would look current.
    for (const each of [ping, memoryUsed, memoryLimit, strayClusters]) each.remove();
    for (const each of [taskforces, jobs, oldestWaiting, findings]) each.reset();
    if (snapshot === undefined) return;
    // With a 0 for each code, an alert differs from a metric that is missing.
    for (const code of FINDING_CODES) findings.set({ code, severity: FINDING_RULES[code].severity, schedd: "" }, 0);
    for (const { code, subject } of snapshot.findings) {
      const { severity } = FINDING_RULES[code];
      findings.set({ code, severity, schedd: subject.kind === "schedd" ? subject.id : "" }, 1);
    }
    ping.set(snapshot.pingSeconds);
    memoryUsed.set(snapshot.memory.usedBytes);
    memoryLimit.set(snapshot.memory.limitBytes);
    strayClusters.set(snapshot.strayClusters);
    for (const { phase, schedd, count } of snapshot.taskforces) taskforces.set({ phase, schedd }, count);
    for (const { queue, schedd, jobs: counts, oldestWaitingSeconds } of snapshot.queues) {
      for (const [state, count] of Object.entries(counts)) jobs.set({ queue, schedd, state }, count);
      if (oldestWaitingSeconds !== undefined) oldestWaiting.set({ queue, schedd }, oldestWaitingSeconds);
    }
  };
}
