import { TOP_TASKFORCE_PRIORITY } from "../domain/priority.js";

/** BullMQ's largest priority; lower goes first, and 0 means none. */
const LAST_RANK = 2_097_152;
/** Ranks for each step of priority: failures count within one step, and never beyond it. */
const STEP = 64;

/**
 * The place of a taskforce in a starter queue: higher priority first, then fewer failures; the queue itself keeps the
 * order of arrival among equals.
 *
 * @returns a BullMQ priority: an integer from 1 on, lower first
 */
export function starterRank(priority: number, failures: number): number {
  const steps = Math.max(0, TOP_TASKFORCE_PRIORITY - priority);
  return Math.min(LAST_RANK, steps * STEP + Math.min(failures, STEP - 1) + 1);
}

/** Every taskforce in a stopper queue has the same: who waits longest goes first. */
export const STOPPER_RANK = 1;
