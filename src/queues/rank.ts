import { MAX_TASKFORCE_PRIORITY } from "../domain/priority.js";

/** BullMQ's largest priority; lower goes first, and 0 means none. */
const MAX_RANK = 2_097_152;
/** Ranks for each step of priority: failures count within one step, and never beyond it. */
const RANKS_PER_PRIORITY = 64;

/**
 * The place of a taskforce in a starter queue: higher priority first, then fewer failures; the queue itself keeps the
 * order of arrival among equals.
 *
 * @returns a BullMQ priority: an integer from 1 on, lower first
 */
export function starterRank(priority: number, failures: number): number {
  const steps = Math.max(0, MAX_TASKFORCE_PRIORITY - priority);
  return Math.min(MAX_RANK, steps * RANKS_PER_PRIORITY + Math.min(failures, RANKS_PER_PRIORITY - 1) + 1);
}

/** Every taskforce in a stopper queue has the same: who waits longest goes first. */
export const STOPPER_RANK = 1;
