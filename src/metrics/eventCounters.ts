import { Counter, Histogram, type Registry } from "prom-client";
import type { JobOutcome, LeasedQueueName, WmsEventEmitter } from "../domain/wmsEvents.js";
import { BACKGROUND_QUEUE_NAMES } from "../queues/queueNames.js";

/*
 * Counters begin at 0 before anything happened: one that appears together with its first event hides that event from
 * `increase()`.
 */

const JOB_OUTCOMES: JobOutcome[] = ["done", "retry", "failed", "dead"];
const LEASED_QUEUE_KINDS: LeasedQueueName[] = ["starter", "stopper"];

/** Seconds, up to two days: a schedd that was away over the weekend shows. */
const WAIT_BUCKETS_SECONDS = [
  0.05,
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
  300,
  900,
  3600,
  4 * 3600,
  24 * 3600,
  48 * 3600,
];

/** Counts what the lifecycle and the workers tell. @returns to be told of each known schedd; again is fine */
export function registerEventCounters(registry: Registry, events: WmsEventEmitter): (schedd: string) => void {
  registerHandOutHistogram(registry, events);
  registerJobCounters(registry, events);
  registerRepairCounters(registry, events);
  const strayClusters = new Counter({
    name: "wms_stray_clusters_total",
    help: "Submit reports that can't count: HTCondor runs a cluster that the service does not know.",
    registers: [registry],
  });
  events.on("strayCluster", () => strayClusters.inc());
  return registerLeaseCounters(registry, events);
}

function registerHandOutHistogram(registry: Registry, events: WmsEventEmitter): void {
  const waits = new Histogram({
    name: "wms_hand_out_wait_seconds",
    help: "How long taskforces that were handed out had been in their phase, or had waited since they last failed in it.",
    labelNames: ["queue", "schedd"],
    buckets: WAIT_BUCKETS_SECONDS,
    registers: [registry],
  });
  events.on("handedOut", ({ queue, schedd, waited }) => waits.observe({ queue, schedd }, waited));
}

function registerLeaseCounters(registry: Registry, events: WmsEventEmitter): (schedd: string) => void {
  const labelNames = ["queue", "schedd"];
  const expired = new Counter({
    name: "wms_leases_run_out_total",
    help: "Taskforces that a TMS took and did not report in time.",
    labelNames,
    registers: [registry],
  });
  const reclaimed = new Counter({
    name: "wms_leases_reclaimed_total",
    help: "Leases that ran out and whose taskforces are offered again; the rest was no longer wanted.",
    labelNames,
    registers: [registry],
  });
  events.on("leasesExpired", ({ queue, schedd, reclaimed: reclaimedCount, dropped }) => {
    expired.inc({ queue, schedd }, reclaimedCount + dropped);
    reclaimed.inc({ queue, schedd }, reclaimedCount);
  });
  return (schedd) => {
    for (const queue of LEASED_QUEUE_KINDS) for (const each of [expired, reclaimed]) each.inc({ queue, schedd }, 0);
  };
}

function registerJobCounters(registry: Registry, events: WmsEventEmitter): void {
  const jobs = new Counter({
    name: "wms_background_jobs_total",
    help: "Runs of background jobs in this process by how they ended. dead: left to the operator.",
    labelNames: ["queue", "outcome"],
    registers: [registry],
  });
  for (const queue of Object.values(BACKGROUND_QUEUE_NAMES))
    for (const outcome of JOB_OUTCOMES) jobs.inc({ queue, outcome }, 0);
  events.on("jobEnded", (labels) => jobs.inc(labels));
}

function registerRepairCounters(registry: Registry, events: WmsEventEmitter): void {
  const runs = new Counter({
    name: "wms_periodic_runs_total",
    help: "Runs of reclaim and reconcile in this process, by whether they came to their end.",
    labelNames: ["work", "outcome"],
    registers: [registry],
  });
  events.on("periodicEnded", ({ work, ok }) => {
    runs.inc({ work, outcome: "done" }, ok ? 1 : 0);
    runs.inc({ work, outcome: "failed" }, ok ? 0 : 1);
  });

  const repairs = new Counter({
    name: "wms_reconcile_repairs_total",
    help: "Jobs that reconcile in this process put back into a queue (added), or took out of it (dropped).",
    labelNames: ["queue", "repair"],
    registers: [registry],
  });
  for (const queue of ["background", ...LEASED_QUEUE_KINDS])
    for (const repair of ["added", "dropped"]) repairs.inc({ queue, repair }, 0);
  events.on("queuesRepaired", ({ queue, added, dropped }) => {
    repairs.inc({ queue, repair: "added" }, added);
    repairs.inc({ queue, repair: "dropped" }, dropped);
  });
}
