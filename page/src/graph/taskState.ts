import type { FailedAttempt, TaskSummary } from "../api/apiTypes.ts";
import { hasEnded } from "../parts/phaseLabels.ts";
import { countKinds } from "../parts/workerGroups.ts";

/** How a task stands, in a word that is written on it. */
export type TaskState = "waiting" | "running" | "in trouble" | "stopping" | "ended";

/** Workers that hold, of all: from here on somebody should look. */
const MUCH = 0.25;

/** How a task stands. @param failures newest first */
export function stateOf(task: TaskSummary, failures: readonly FailedAttempt[]): TaskState {
  const phases = task.taskforces_by_phase;
  if (hasEnded(phases)) return "ended";
  if (phases["pending-stopper"] || phases["condor-rm"]) return "stopping";
  const { held, failed, working, starting, idle, done } = countKinds(task.compound_statuses);
  const bad = held + failed;
  if (bad > 0 && bad >= MUCH * (bad + working + starting + idle + done)) return "in trouble";
  if (phases["condor-submit"]) return "running";
  // An id of a taskforce contains its task's.
  const failing = failures.some(({ taskforce_uuid }) =>
    taskforce_uuid.startsWith(`TF-${task.task_id.slice(3)}`),
  );
  return failing ? "in trouble" : "waiting";
}
