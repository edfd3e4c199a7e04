import { type ErrorGroup, ErrorGroups } from "../../../client/src/foldErrors.js";
import { findFailingTaskforces } from "../api/apiRequests.ts";
import type { FailingTaskforce, Summary } from "../api/apiTypes.ts";
import { yieldToBrowser } from "../live/yieldToBrowser.ts";

/** Maximum number of groups that the page shows. */
const MAX_GROUPS = 50;
/** Maximum number of taskforces whose errors are read: each may have hundreds of them. */
export const MAX_READ_TASKFORCES = 2000;
/** Milliseconds of grouping between two frames. */
const MAX_FRAME_WORK_MS = 15;

/** The errors of a workflow in groups. */
export interface GroupedErrors {
  /** The largest ones. */
  groups: ErrorGroup[];
  groupCount: number;
  ungroupedCount: number;
  /** False: there are more than {@link MAX_READ_TASKFORCES} taskforces with errors. */
  isComplete: boolean;
}

/** What a summary says about errors: reading them again is useless until it changes. */
export const errorSignature = ({ top_task_errors, n_failed_attempts }: Summary): string =>
  `${Object.values(top_task_errors).reduce((sum, n) => sum + n, 0)} ${n_failed_attempts}`;

/**
 * Reads the errors of workers and the failed attempts of taskforces.
 *
 * @param filter selects the taskforces
 * @param summary of their workflow: kinds of errors that it does not contain are not searched
 */
export async function readErrors(
  filter: Record<string, unknown>,
  { top_task_errors, n_failed_attempts }: Summary,
  signal: AbortSignal,
): Promise<GroupedErrors> {
  const collected = new ErrorGroups();
  const kinds = { hasErrors: Object.keys(top_task_errors).length > 0, hasFailures: n_failed_attempts > 0 };
  let readCount = 0;
  let isComplete = true;
  let startMs = performance.now();
  search: for await (const page of findFailingTaskforces(filter, kinds, signal))
    for (const taskforce of page) {
      if (readCount++ >= MAX_READ_TASKFORCES) {
        isComplete = false;
        break search;
      }
      addErrors(collected, taskforce);
      if (performance.now() - startMs < MAX_FRAME_WORK_MS) continue;
      await yieldToBrowser();
      signal.throwIfAborted();
      startMs = performance.now();
    }
  return { ...collected.largest(MAX_GROUPS), isComplete };
}

function addErrors(collected: ErrorGroups, { taskforce_uuid, schedd, ...errors }: FailingTaskforce): void {
  for (const [text, count] of Object.entries(errors.top_task_errors))
    collected.add({ text, count, failedPhase: null, seenAt: null, taskforce_uuid, schedd });
  for (const { was_successful, context: text, target_phase: failedPhase, timestamp: seenAt } of errors.phase_change_log)
    if (!was_successful) collected.add({ text, count: 1, failedPhase, seenAt, taskforce_uuid, schedd });
}
