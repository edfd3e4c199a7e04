import type { SystemProcess, SystemState, SystemUpstream } from "../../domain/system.js";
import { clockSpreadMs } from "../../redis/redisClock.js";
import type { LiveProcess } from "../../store/processRegistry.js";

const NO_UPSTREAMS = { mqs: null, identity_provider: null, pilot_images: null };

/** The view of a process. What a process of an earlier release does not report is null. */
export const toSystemProcess = (live: LiveProcess): SystemProcess => ({
  id: live.id,
  role: live.role,
  version: live.version,
  host: live.host,
  pid: live.pid,
  started: live.started,
  seen: live.seen,
  event_loop_delay_ms: live.event_loop_delay_ms ?? null,
  connections: live.connections ?? null,
  rss_bytes: live.rss_bytes ?? null,
  clock_difference_seconds: live.clock_difference_seconds ?? null,
  upstreams: { ...NO_UPSTREAMS, ...live.upstreams },
  reconcile: live.reconcile ?? null,
});

/** The states of the upstream services over all processes. */
export const combineUpstreams = (processes: readonly LiveProcess[]): SystemState["upstreams"] => ({
  mqs: combineStates(processes.map(({ upstreams }) => upstreams?.mqs)),
  identity_provider: combineStates(processes.map(({ upstreams }) => upstreams?.identity_provider)),
  pilot_images: combineStates(processes.map(({ upstreams }) => upstreams?.pilot_images)),
});

/** The largest difference between the clock of a process's machine and the one of Redis, or between two masters. */
export const largestClockDifference = (processes: readonly LiveProcess[]): number =>
  Math.max(clockSpreadMs() / 1000, ...processes.map((each) => Math.abs(each.clock_difference_seconds ?? 0)));

/**
 * Seconds after which the failure of one process is out of date if another process got an answer since: a process that
 * rarely calls the service learns late that it answers again.
 */
const OUTDATED_AFTER_SECONDS = 60;

/**
 * Combines what processes know of one upstream service: the latest answer with its latency, the latest error, and the
 * earliest failure that still lasts. A machine may fail to reach a service that the others reach.
 */
function combineStates(states: readonly (SystemUpstream | null | undefined)[]): SystemUpstream | null {
  const known = states.filter((state) => state != null);
  if (known.length === 0) return null;
  const answered = latestBy(known, (state) => state.last_success);
  const failed = latestBy(known, (state) => state.last_error?.at ?? null);
  const isCurrent = ({ last_error }: SystemUpstream): boolean =>
    (last_error?.at ?? 0) > (answered?.last_success ?? 0) - OUTDATED_AFTER_SECONDS;
  const failing = known.filter(isCurrent).flatMap(({ failing_since }) => failing_since ?? []);
  return {
    last_success: answered?.last_success ?? null,
    failing_since: failing.length === 0 ? null : Math.min(...failing),
    last_error: failed?.last_error ?? null,
    latency_ms: answered?.latency_ms ?? null,
  };
}

/** The last pass of reconcile of any process; null when none is known. */
export const latestReconcile = (processes: readonly SystemProcess[]): SystemState["reconcile"] =>
  latestBy(
    processes.flatMap(({ reconcile }) => reconcile ?? []),
    ({ at }) => at,
  ) ?? null;

/** The item with the latest time; undefined when no item has one. */
function latestBy<T>(items: readonly T[], timeOf: (item: T) => number | null): T | undefined {
  const timed = items.filter((item) => timeOf(item) !== null);
  return timed.toSorted((one, other) => (timeOf(other) ?? 0) - (timeOf(one) ?? 0))[0];
}
