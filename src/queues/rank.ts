import { PRIORITY_LIMIT } from "bullmq";
import { MAX_TASKFORCE_PRIORITY } from "../domain/priority.js";

/** Ranks for each step of priority: failures count within one step, and never beyond it. */
const RANKS_PER_PRIORITY = 64;

/**
 * Computes a taskforce's rank in a starter queue: higher priority first, then fewer failures. The queue keeps the order
 * of arrival within a rank.
 *
 * @returns a BullMQ priority: an integer from 1 on, lower first
 */
export function starterRank(priority: number, failures: number): number {
  const steps = Math.max(0, MAX_TASKFORCE_PRIORITY - priority);
  return Math.min(PRIORITY_LIMIT, steps * RANKS_PER_PRIORITY + Math.min(failures, RANKS_PER_PRIORITY - 1) + 1);
}

/** The rank of every taskforce in a stopper queue: the longest waiting goes first. */
export const STOPPER_RANK = 1;
