import type { FailedAttempt, TaskSummary } from "../api/apiTypes.ts";
import { areAllEnded } from "../parts/phaseLabels.ts";
import { countWorkersByKind } from "../parts/workerGroups.ts";

/** How a task stands, in a word that is written on it. */
export type TaskState = "waiting" | "running" | "in trouble" | "stopping" | "ended";

/** Workers that hold, of all: from here on somebody should look. */
const TROUBLE_FRACTION = 0.25;

/** How a task stands. @param failures newest first */
export function taskState(task: TaskSummary, failures: readonly FailedAttempt[]): TaskState {
  const phases = task.taskforces_by_phase;
  if (areAllEnded(phases)) return "ended";
  if (phases["pending-stopper"] || phases["condor-rm"]) return "stopping";
  const { held, failed, working, starting, idle, done } = countWorkersByKind(task.compound_statuses);
  const unhealthyCount = held + failed;
  if (unhealthyCount > 0 && unhealthyCount >= TROUBLE_FRACTION * (unhealthyCount + working + starting + idle + done))
    return "in trouble";
  if (phases["condor-submit"]) return "running";
  // An id of a taskforce contains its task's.
  const hasFailedAttempt = failures.some(({ taskforce_uuid }) =>
    taskforce_uuid.startsWith(`TF-${task.task_id.slice(3)}`),
  );
  return hasFailedAttempt ? "in trouble" : "waiting";
}
