import { Gauge, type Registry } from "prom-client";
import { ATTENTION_CODES, FINDING_CODES, FINDING_RULES } from "../domain/diagnosis.js";
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
  const persistenceOk = gauge(
    "wms_redis_persistence_ok",
    "1 while Redis writes its data to disk, 0 while a snapshot or its append-only file fails.",
  );
  const mqsFailing = gauge(
    "wms_mqs_failing_seconds",
    "Seconds since the MQS stopped answering a process; 0: it answers.",
  );
  const providerFailing = gauge(
    "wms_identity_provider_failing_seconds",
    "Seconds since the identity provider stopped answering a process; 0: it answers.",
  );
  const clockDifference = gauge(
    "wms_clock_difference_seconds",
    "The largest difference between the clock of a machine and the one of Redis.",
  );
  const processes = gauge("wms_processes", "Live processes.", ["role", "version"]);
  const paused = gauge("wms_queue_paused", "1 while the queue is paused, else 0.", ["queue", "schedd"]);
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
  const attention = gauge(
    "wms_workflows_needing_attention",
    "Active workflows with a finding that follows from their own state.",
    ["code"],
  );
  const strayClusters = gauge(
    "wms_stray_clusters",
    "Stray clusters in the list: HTCondor runs them, and the service rejected their reports.",
  );
  const retentionBehind = gauge(
    "wms_retention_behind_seconds",
    "Seconds since retention began to look at all workflows and came to the end; missing: it is off.",
  );
  const readSnapshot = cachedWithTimeout(() => readMetricsSnapshot(wms), READ_OPTIONS);
  const readReadiness = cachedWithTimeout(readiness, READ_OPTIONS);
  return async () => {
    const [snapshot, readinessNow] = await Promise.all([readSnapshot(), readReadiness()]);
    redisUp.set(snapshot === undefined ? 0 : 1);
    ready.set(readinessNow?.ready === true ? 1 : 0);
    // While Redis does not answer, old values would look current.
    const ofRedis = [ping, memoryUsed, memoryLimit, persistenceOk];
    for (const each of [...ofRedis, mqsFailing, providerFailing, clockDifference, strayClusters, retentionBehind])
      each.remove();
    for (const each of [taskforces, jobs, oldestWaiting, processes, paused, findings, attention]) each.reset();
    if (snapshot === undefined) return;
    // With a 0 for each code, an alert differs from a metric that is missing.
    for (const code of FINDING_CODES) findings.set({ code, severity: FINDING_RULES[code].severity, schedd: "" }, 0);
    for (const { code, subject } of snapshot.findings) {
      const { severity } = FINDING_RULES[code];
      findings.set({ code, severity, schedd: subject.kind === "schedd" ? subject.id : "" }, 1);
    }
    for (const code of ATTENTION_CODES) attention.set({ code }, snapshot.attention.get(code) ?? 0);
    ping.set(snapshot.pingSeconds);
    strayClusters.set(snapshot.strayClusters);
    if (snapshot.retentionBehindSeconds !== undefined) retentionBehind.set(snapshot.retentionBehindSeconds);
    if (snapshot.memory !== undefined) {
      memoryUsed.set(snapshot.memory.usedBytes);
      memoryLimit.set(snapshot.memory.limitBytes);
    }
    clockDifference.set(snapshot.clockDifferenceSeconds);
    const { isPersistenceOk, failingSeconds } = snapshot;
    if (isPersistenceOk !== undefined) persistenceOk.set(isPersistenceOk ? 1 : 0);
    if (failingSeconds.mqs !== undefined) mqsFailing.set(failingSeconds.mqs);
    if (failingSeconds.identityProvider !== undefined) providerFailing.set(failingSeconds.identityProvider);
    for (const { role, version, count } of snapshot.processes) processes.set({ role, version }, count);
    for (const { phase, schedd, count } of snapshot.taskforces) taskforces.set({ phase, schedd }, count);
    for (const { name, kind, schedd, paused: pause, oldest_waiting_seconds, ...queue } of snapshot.queues) {
      const labels = { queue: kind === "background" ? name : kind, schedd: schedd ?? "" };
      paused.set(labels, pause === false ? 0 : 1);
      for (const state of ["waiting", "active", "delayed", "dead"] as const)
        jobs.set({ ...labels, state }, queue[state]);
      if (oldest_waiting_seconds !== null) oldestWaiting.set(labels, oldest_waiting_seconds);
    }
  };
}
