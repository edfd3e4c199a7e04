import type { TaskforceUuid } from "../domain/ids.js";
import type { Place } from "../queues/leaseQueue.js";
import { STOPPER_RANK, starterRank } from "../queues/rank.js";
import type { TaskforceRecord } from "../store/records.js";
import type { Wms } from "./context.js";

/** The longest wait between two attempts to stop a taskforce, in seconds. */
const LONGEST_STOP_WAIT = 3600;
/** The longest wait that is worth computing, in seconds: doubling sixty times overflows every clock. */
const LONGEST_WAIT = 7 * 24 * 3600;

/** The wait after so many failures, in milliseconds: it doubles with each. */
const wait = (wms: Wms, failures: number, longest: number): number =>
  1000 * Math.min(longest, wms.settings.retryWait * 2 ** Math.max(0, failures - 1));

/** @see wait */
export const starterWait = (wms: Wms, failures: number): number => wait(wms, failures, LONGEST_WAIT);
/** @see wait */
export const stopperWait = (wms: Wms, failures: number): number => wait(wms, failures, LONGEST_STOP_WAIT);

/** Whether a taskforce has failed as often as it may. */
export const isExhausted = (wms: Wms, failures: number): boolean => failures > wms.settings.actionRetries;

/** Whether a starter job's taskforce was given up: it waits for an operator's retry. */
export const isDead = (wms: Wms, record: TaskforceRecord): boolean =>
  record.phase === "pending-starter" && isExhausted(wms, record.submit_failures ?? 0);

/** What a starter job's taskforce needs, to be handed out. */
export const wantsStart = (record: TaskforceRecord | undefined): record is TaskforceRecord =>
  record?.phase === "pending-starter";

/** What a stopper job's taskforce needs, to be handed out. */
export const wantsStop = (record: TaskforceRecord | undefined): record is TaskforceRecord =>
  record?.phase === "pending-stopper" && record.cluster_id !== undefined;

/** A taskforce's rank in its starter queue. */
export const rankOfRecord = (record: TaskforceRecord): number =>
  starterRank(record.priority, record.submit_failures ?? 0);

/** Where a starter job belongs that comes back. */
export const starterPlace = (record: TaskforceRecord): Place => ({
  rank: rankOfRecord(record),
  since: Number(record.since),
});

/** Where a stopper job belongs that comes back. */
export const stopperPlace = (record: TaskforceRecord): Place => ({
  rank: STOPPER_RANK,
  since: Number(record.since),
});

/** Where a reclaimed starter job belongs; undefined when it is no longer wanted. */
export async function starterPlaceOf(wms: Wms, uuid: TaskforceUuid): Promise<Place | undefined> {
  const record = await wms.store.fetch("taskforce", uuid);
  return wantsStart(record) ? starterPlace(record) : undefined;
}

/** Where a reclaimed stopper job belongs; undefined when it is no longer wanted. */
export async function stopperPlaceOf(wms: Wms, uuid: TaskforceUuid): Promise<Place | undefined> {
  const record = await wms.store.fetch("taskforce", uuid);
  return wantsStop(record) ? stopperPlace(record) : undefined;
}
