import { ErrorCode, type Queue } from "bullmq";

/*
 * BullMQ's layout of a queue in Redis, as far as this service reads or writes it directly. BullMQ does not document it,
 * so package.json pins the version, and `test/queues/bullLayout.test.ts` checks each fact against the installed one.
 * Sources are files below `node_modules/bullmq/dist/esm/`.
 */

/**
 * Lists of job ids: jobs enter at the left end and leave at the right one (`commands/includes/addJobInTargetList.lua`).
 * A paused queue keeps its jobs where they are (`commands/pause-7.lua`).
 */
export const LIST_STATES = ["wait", "active"] as const;
/**
 * Sorted sets of job ids (`commands/includes/getPriorityScore.lua`, `getDelayedScore.lua`,
 * `commands/moveToFinished-14.lua`).
 */
export const SORTED_SET_STATES = ["prioritized", "delayed", "failed"] as const;
export type JobState = (typeof LIST_STATES | typeof SORTED_SET_STATES)[number];

/** The key of a state's list or sorted set, `{prefix}:{queue}:{state}` (`classes/queue-keys.js`). */
export const stateKey = (queue: Queue, state: JobState): string => queue.toKey(state);

/** The key of a job's hash (`commands/includes/storeJob.lua`). */
export const jobKey = (queue: Queue, id: string): string => queue.toKey(id);

/** The key that exists while a job is leased (`commands/includes/prepareJobForProcessing.lua`). */
export const lockKey = (queue: Queue, id: string): string => `${jobKey(queue, id)}:lock`;

/**
 * Fields of a job's hash (`prepareJobForProcessing.lua`, `moveToFinished-14.lua`, `moveToDelayed-11.lua`). Times are
 * epoch ms.
 */
export const JOB_FIELDS = {
  leasedAtMs: "processedOn",
  failedAtMs: "finishedOn",
  failureReason: "failedReason",
  delayMs: "delay",
} as const;

/** The keys of a queue that the script which adds a job gets, in their order (`scripts/addPrioritizedJob-9.js`). */
export const ADD_JOB_KEYS = [
  "marker",
  "meta",
  "id",
  "prioritized",
  "delayed",
  "completed",
  "active",
  "events",
  "pc",
] as const;

/** The field of a queue's `meta` hash that limits the event stream (`commands/includes/getOrSetMaxEvents.lua`). */
export const MAX_EVENTS_FIELD = "opts.maxLenEvents";

/**
 * The score in `prioritized` is the rank times this, plus a counter of arrivals (`getPriorityScore.lua`). A job that
 * returns from a lease has the counter 0 (`pushBackJobWithPriority.lua`).
 */
export const RANK_SCORE_STEP = 2 ** 32;

/**
 * The score in `delayed` is the epoch milliseconds at which the job is due times this, plus a counter that makes the score
 * unique (`getDelayedScore.lua`).
 */
export const DELAY_SCORE_STEP = 0x1000;

/** The code that BullMQ's scripts put on their errors. */
const errorCodeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

const LEASE_LOST_CODES: unknown[] = [
  ErrorCode.JobNotExist,
  ErrorCode.JobLockNotExist,
  ErrorCode.JobNotInState,
  ErrorCode.JobLockMismatch,
];

/** Whether a command failed because the job is not leased. */
export const isLeaseLost = (error: unknown): boolean => LEASE_LOST_CODES.includes(errorCodeOf(error));
/** Whether a command failed because the queue has no such job. */
export const isJobMissing = (error: unknown): boolean => errorCodeOf(error) === ErrorCode.JobNotExist;
/** Whether a command failed because the job is in another state than the command expects. */
export const isJobInAnotherState = (error: unknown): boolean => errorCodeOf(error) === ErrorCode.JobNotInState;
