import { areAllEnded } from "../../../client/src/phases.js";
import { countWorkersByKind } from "../../../client/src/workers.js";
import type { FailedAttempt, TaskSummary } from "../api/apiTypes.ts";

/** The state of a task, as its node shows it. */
export type TaskState = "waiting" | "running" | "unhealthy" | "stopping" | "ended";

/** Fraction of held and failed workers from which a task is unhealthy. */
const UNHEALTHY_FRACTION = 0.25;

/** The state of a task. @param failures newest first */
export function taskState(task: TaskSummary, failures: readonly FailedAttempt[]): TaskState {
  const phases = task.taskforces_by_phase;
  if (areAllEnded(phases)) return "ended";
  if (phases["pending-stopper"] || phases["condor-rm"]) return "stopping";
  const { held, failed, working, starting, idle, done } = countWorkersByKind(task.compound_statuses);
  const unhealthyCount = held + failed;
  if (unhealthyCount > 0 && unhealthyCount >= UNHEALTHY_FRACTION * (unhealthyCount + working + starting + idle + done))
    return "unhealthy";
  if (phases["condor-submit"]) return "running";
  // The id of a taskforce begins with that of its task.
  const hasFailedAttempt = failures.some(({ taskforce_uuid }) =>
    taskforce_uuid.startsWith(`TF-${task.task_id.slice(3)}`),
  );
  return hasFailedAttempt ? "unhealthy" : "waiting";
}
