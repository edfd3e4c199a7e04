import { areAllEnded } from "../../../client/src/phases.js";
import { countWorkersByKind } from "../../../client/src/workers.js";
import type { CompoundStatuses, FailedAttempt, Summary, TaskDirective, TaskSummary } from "../api/apiTypes.ts";
import { shortId } from "../parts/format.ts";
import { taskDetail, taskName } from "./taskNames.ts";

/** Above this number, one node stands for all tasks with the same image and queues. */
const MAX_UNGROUPED_TASKS = 50;
/** Above this number of nodes, the graph is unreadable and not drawn. */
export const MAX_GRAPH_NODES = 100;

/** A task node of the graph: one task, or several with the same image and queues. */
export interface TaskGroup extends TaskSummary {
  /** All tasks of the node; `task_id` is the first. */
  task_ids: string[];
  /** What distinguishes it from nodes with the same image. */
  detail: string;
  input_queues: string[];
  output_queues: string[];
}

/** Groups tasks into the nodes of the graph. */
export function groupTasks(tasks: readonly TaskDirective[], { tasks: sums }: Summary): TaskGroup[] {
  const sumsOf = new Map(sums.map((task) => [task.task_id, task]));
  const groups = new Map<string, TaskGroup>();
  const details = detailsOf(tasks);
  for (const { task_id, task_image, input_queues, output_queues } of tasks) {
    const detail = details.get(task_id) ?? "";
    const task = sumsOf.get(task_id);
    if (task === undefined) continue;
    const groupKey = groupKeyOf({ task_id, task_image, input_queues, output_queues }, tasks.length);
    const group = groups.get(groupKey);
    if (group === undefined)
      groups.set(groupKey, { ...task, task_ids: [task_id], detail, input_queues, output_queues });
    else
      groups.set(groupKey, {
        ...group,
        ...addSums(group, task),
        task_ids: [...group.task_ids, task_id],
        detail: detail === group.detail || group.detail.endsWith(", …") ? group.detail : `${group.detail}, …`,
      });
  }
  return [...groups.values()];
}

/** What distinguishes each task, with its short id where image and arguments are the same. */
function detailsOf(tasks: readonly TaskDirective[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const task of tasks) counts.set(taskName(task), (counts.get(taskName(task)) ?? 0) + 1);
  const isUnique = (task: TaskDirective) => counts.get(taskName(task)) === 1 || tasks.length > MAX_UNGROUPED_TASKS;
  return new Map(
    tasks.map((task) => [
      task.task_id,
      isUnique(task) ? taskDetail(task) : `${shortId(task.task_id)} ${taskDetail(task)}`,
    ]),
  );
}

const groupKeyOf = (
  {
    task_id,
    task_image,
    input_queues,
    output_queues,
  }: Pick<TaskDirective, "task_id" | "task_image" | "input_queues" | "output_queues">,
  taskCount: number,
): string =>
  taskCount <= MAX_UNGROUPED_TASKS ? task_id : [task_image, input_queues.join(), output_queues.join()].join("\n");

/** The ids of the tasks that share a node with a task; only its own if it is unknown. */
export function tasksOfNode(tasks: readonly TaskDirective[], taskId: string): string[] {
  const task = tasks.find(({ task_id }) => task_id === taskId);
  if (task === undefined) return [taskId];
  const key = groupKeyOf(task, tasks.length);
  return tasks.filter((each) => groupKeyOf(each, tasks.length) === key).map(({ task_id }) => task_id);
}

function addSums(a: TaskSummary, b: TaskSummary): Omit<TaskSummary, "task_id" | "task_image"> {
  const compound_statuses: CompoundStatuses = { ...a.compound_statuses };
  for (const [condor, pilots] of Object.entries(b.compound_statuses))
    compound_statuses[condor] = addCounts(compound_statuses[condor] ?? {}, pilots);
  return {
    n_taskforces: a.n_taskforces + b.n_taskforces,
    n_workers_requested: a.n_workers_requested + b.n_workers_requested,
    taskforces_by_phase: addCounts(a.taskforces_by_phase, b.taskforces_by_phase),
    compound_statuses,
    top_task_errors: addCounts(a.top_task_errors, b.top_task_errors),
  };
}

function addCounts<K extends string>(a: Partial<Record<K, number>>, b: Partial<Record<K, number>>): Record<K, number> {
  const sums = { ...a } as Record<K, number>;
  for (const [key, n] of Object.entries(b) as [K, number][]) sums[key] = (sums[key] ?? 0) + n;
  return sums;
}

/** The state of a task, as its node shows it. */
export type TaskState = "waiting" | "running" | "unhealthy" | "stopping" | "ended";

/** Minimum fraction of held and failed workers of an unhealthy task. */
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
