import type { TaskforceUuid } from "../domain/ids.js";
import type { QueuePosition } from "../queues/leaseQueue.js";
import { STOPPER_RANK, starterRank } from "../queues/rank.js";
import type { TaskforceRecord } from "../store/records.js";
import type { Wms } from "./context.js";

/** The longest wait between two attempts to stop a taskforce, in seconds. */
const MAX_STOP_BACKOFF_SECONDS = 3600;
/** The longest wait that is worth computing, in seconds: doubling sixty times overflows every clock. */
const MAX_BACKOFF_SECONDS = 7 * 24 * 3600;

/** The wait after so many failures, in milliseconds: it doubles with each. */
const backoffMs = (wms: Wms, failures: number, maxSeconds: number): number =>
  1000 * Math.min(maxSeconds, wms.settings.retryWaitSeconds * 2 ** Math.max(0, failures - 1));

/** @see backoffMs */
export const starterBackoffMs = (wms: Wms, failures: number): number => backoffMs(wms, failures, MAX_BACKOFF_SECONDS);
/** @see backoffMs */
export const stopperBackoffMs = (wms: Wms, failures: number): number =>
  backoffMs(wms, failures, MAX_STOP_BACKOFF_SECONDS);

/** Whether a taskforce has failed as often as it may. */
export const hasExhaustedRetries = (wms: Wms, failures: number): boolean => failures > wms.settings.actionRetries;

/** Whether a starter job's taskforce was given up: it waits for an operator's retry. */
export const isDeadLetter = (wms: Wms, record: TaskforceRecord): boolean =>
  record.phase === "pending-starter" && hasExhaustedRetries(wms, record.submit_failures ?? 0);

/** What a starter job's taskforce needs, to be handed out. */
export const isAwaitingStart = (record: TaskforceRecord | undefined): record is TaskforceRecord =>
  record?.phase === "pending-starter";

/** What a stopper job's taskforce needs, to be handed out. */
export const isAwaitingStop = (record: TaskforceRecord | undefined): record is TaskforceRecord =>
  record?.phase === "pending-stopper" && record.cluster_id !== undefined;

/** A taskforce's rank in its starter queue. */
export const starterRankOf = (record: TaskforceRecord): number =>
  starterRank(record.priority, record.submit_failures ?? 0);

/** Where a starter job belongs that comes back. */
export const starterPosition = (record: TaskforceRecord): QueuePosition => ({
  rank: starterRankOf(record),
  waitingSinceSeconds: Number(record.since),
});

/** Where a stopper job belongs that comes back. */
export const stopperPosition = (record: TaskforceRecord): QueuePosition => ({
  rank: STOPPER_RANK,
  waitingSinceSeconds: Number(record.since),
});

/** Where a reclaimed starter job belongs; undefined when it is no longer wanted. */
export async function fetchStarterPosition(wms: Wms, uuid: TaskforceUuid): Promise<QueuePosition | undefined> {
  const record = await wms.store.fetch("taskforce", uuid);
  return isAwaitingStart(record) ? starterPosition(record) : undefined;
}

/** Where a reclaimed stopper job belongs; undefined when it is no longer wanted. */
export async function fetchStopperPosition(wms: Wms, uuid: TaskforceUuid): Promise<QueuePosition | undefined> {
  const record = await wms.store.fetch("taskforce", uuid);
  return isAwaitingStop(record) ? stopperPosition(record) : undefined;
}
