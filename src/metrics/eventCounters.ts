import { Counter, Histogram, type Registry } from "prom-client";
import type { JobOutcome, LeasedQueueName, WmsEventEmitter } from "../domain/wmsEvents.js";
import { BACKGROUND_QUEUE_NAMES } from "../queues/queues.js";

/*
 * Every counter starts at 0 before its first event. A counter that appears with its first event hides it from
 * `increase()`.
 */

const JOB_OUTCOMES: JobOutcome[] = ["done", "retry", "failed", "dead"];
const LEASED_QUEUE_KINDS: LeasedQueueName[] = ["starter", "stopper"];

/** Seconds, up to two days, which shows a schedd that was down over a weekend. */
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

/**
 * Counts the events of the lifecycle and the workers.
 *
 * @returns starts a schedd's counters at 0; repeated calls do nothing
 */
export function registerEventCounters(registry: Registry, events: WmsEventEmitter): (schedd: string) => void {
  registerHandOutHistogram(registry, events);
  registerJobCounters(registry, events);
  registerRepairCounters(registry, events);
  const strayClusters = new Counter({
    name: "wms_stray_clusters_total",
    help: "Rejected submit reports: HTCondor runs a cluster that the service does not know.",
    registers: [registry],
  });
  events.on("strayCluster", () => strayClusters.inc());
  return registerLeaseCounters(registry, events);
}

function registerHandOutHistogram(registry: Registry, events: WmsEventEmitter): void {
  const waits = new Histogram({
    name: "wms_hand_out_wait_seconds",
    help: "Seconds from a taskforce's entry into its phase, or its last failure in it, to its lease by a TMS.",
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
    help: "Leases that expired because the TMS did not report in time.",
    labelNames,
    registers: [registry],
  });
  const reclaimed = new Counter({
    name: "wms_leases_reclaimed_total",
    help: "Expired leases whose taskforces wait again; the others were no longer wanted.",
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
    help: "Runs of background jobs in this process by outcome. dead: became a dead letter.",
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
    help: "Runs of reclaim and reconcile in this process by outcome.",
    labelNames: ["work", "outcome"],
    registers: [registry],
  });
  events.on("periodicEnded", ({ work, ok }) => {
    runs.inc({ work, outcome: "done" }, ok ? 1 : 0);
    runs.inc({ work, outcome: "failed" }, ok ? 0 : 1);
  });

  const repairs = new Counter({
    name: "wms_reconcile_repairs_total",
    help: "Jobs that reconcile in this process added to a queue, or dropped from it.",
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
