import { Counter, Histogram, type Registry } from "prom-client";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import { BACKGROUND_QUEUE_NAMES } from "../queues/queues.js";

/** A completed request. */
export interface CompletedRequest {
  method: string;
  /** The template of the path; undefined when no route matched. */
  route: string | undefined;
  status: number;
  milliseconds: number;
}

const LEASED_QUEUES = ["starter", "stopper"];
/** Every other method is labelled `other`, so that clients cannot create series. */
const LABELLED_METHODS = new Set(["GET", "HEAD", "POST"]);

/** Seconds. Reads take one or two milliseconds, long queries a second. */
const REQUEST_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Seconds, up to two days, which shows a schedd that was down over a weekend. */
const WAIT_BUCKETS_SECONDS = [
  ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
  ...[4 * 3600, 24 * 3600, 48 * 3600],
];

/** Counts requests by method, route and status, with their durations. @returns counts a completed request */
export function registerRequestHistogram(registry: Registry): (request: CompletedRequest) => void {
  const durations = new Histogram({
    name: "wms_http_request_duration_seconds",
    help: "Requests, from the arrival of the head to the end of the response. 499: the client disconnected before.",
    labelNames: ["method", "route", "code"],
    buckets: REQUEST_BUCKETS_SECONDS,
    registers: [registry],
  });
  return ({ method, route = "none", status, milliseconds }) =>
    durations.observe(
      { method: LABELLED_METHODS.has(method) ? method : "other", route, code: status },
      milliseconds / 1000,
    );
}

/**
 * Counts the events of the lifecycle and the workers. Every counter starts at 0 before its first event: a counter that
 * appears with its first event hides it from `increase()`.
 *
 * @returns starts a schedd's counters at 0; repeated calls do nothing
 */
export function registerEventCounters(registry: Registry, events: WmsEventEmitter): (schedd: string) => void {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers: [registry] });

  const strayClusters = counter(
    "wms_stray_clusters_total",
    "Rejected submit reports: HTCondor runs a cluster that the service does not know.",
  );
  events.on("strayCluster", () => strayClusters.inc());

  const waits = new Histogram({
    name: "wms_hand_out_wait_seconds",
    help: "Seconds from a taskforce's entry into its phase, or its last failure in it, to its lease by a TMS.",
    labelNames: ["queue", "schedd"],
    buckets: WAIT_BUCKETS_SECONDS,
    registers: [registry],
  });
  events.on("handedOut", ({ queue, schedd, waited }) => waits.observe({ queue, schedd }, waited));

  const jobs = counter(
    "wms_background_jobs_total",
    "Runs of background jobs in this process by outcome. dead: became a dead letter.",
    ["queue", "outcome"],
  );
  for (const queue of Object.values(BACKGROUND_QUEUE_NAMES))
    for (const outcome of ["done", "retry", "failed", "dead"]) jobs.inc({ queue, outcome }, 0);
  events.on("jobEnded", (labels) => jobs.inc(labels));

  const runs = counter("wms_periodic_runs_total", "Runs of periodic work in this process by outcome.", [
    "work",
    "outcome",
  ]);
  events.on("periodicEnded", ({ work, ok }) => {
    runs.inc({ work, outcome: "done" }, ok ? 1 : 0);
    runs.inc({ work, outcome: "failed" }, ok ? 0 : 1);
  });

  const repairs = counter(
    "wms_reconcile_repairs_total",
    "Jobs that reconcile in this process added to a queue, or dropped from it.",
    ["queue", "repair"],
  );
  for (const queue of ["background", ...LEASED_QUEUES])
    for (const repair of ["added", "dropped"]) repairs.inc({ queue, repair }, 0);
  events.on("queuesRepaired", ({ queue, added, dropped }) => {
    repairs.inc({ queue, repair: "added" }, added);
    repairs.inc({ queue, repair: "dropped" }, dropped);
  });

  const retained = counter(
    "wms_retention_workflows_total",
    "Workflows that retention in this process wrote to the archive, or removed from Redis.",
    ["outcome"],
  );
  const countRetained = (counts: { archived: number; removed: number }): void => {
    for (const outcome of ["archived", "removed"] as const) retained.inc({ outcome }, counts[outcome]);
  };
  countRetained({ archived: 0, removed: 0 });
  events.on("retentionApplied", countRetained);

  const expired = counter("wms_leases_run_out_total", "Leases that expired because the TMS did not report in time.", [
    "queue",
    "schedd",
  ]);
  const reclaimed = counter(
    "wms_leases_reclaimed_total",
    "Expired leases whose taskforces wait again; the others were no longer wanted.",
    ["queue", "schedd"],
  );
  events.on("leasesExpired", ({ queue, schedd, reclaimed: reclaimedCount, dropped }) => {
    expired.inc({ queue, schedd }, reclaimedCount + dropped);
    reclaimed.inc({ queue, schedd }, reclaimedCount);
  });
  return (schedd) => {
    for (const queue of LEASED_QUEUES) for (const each of [expired, reclaimed]) each.inc({ queue, schedd }, 0);
  };
}
