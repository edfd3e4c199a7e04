import type { TaskDirective, Taskforce, Workflow, WorkflowRequest } from "./apiTypes.js";

/** The stored parts of a workflow from which its request is rebuilt. */
export interface StoredWorkflow {
  workflow: Workflow;
  /** In their order. */
  directives: readonly TaskDirective[];
  /** For each task, the taskforces that the request created, in the order of its locations. */
  taskforces: ReadonlyMap<string, readonly Taskforce[]>;
  /** The public queues; internal ones have no known alias. */
  publicQueues: readonly { mqid: string; alias: string }[];
}

type TaskRequest = WorkflowRequest["tasks"][number];

/**
 * Rebuilds the request that created a workflow. Internal queues get other aliases, which connect the tasks in the same way.
 *
 * @throws Error when a part is missing
 */
export function rebuildRequest({ workflow, directives, taskforces, publicQueues }: StoredWorkflow): WorkflowRequest {
  const aliasOf = nameQueues(directives, publicQueues);
  return {
    public_queue_aliases: publicQueues.map(({ alias }) => alias),
    priority: workflow.priority,
    tasks: directives.map((directive) =>
      rebuildTask(directive, createdTaskforceOf(directive, taskforces.get(directive.task_id) ?? []), aliasOf),
    ),
  };
}

/** A taskforce as the request created it. Of several, one without a report: a TMS may report another number of workers. */
function createdTaskforceOf({ task_id }: TaskDirective, taskforces: readonly Taskforce[]): Taskforce {
  const created = taskforces.find(({ cluster_id }) => cluster_id === null) ?? taskforces[0];
  if (created === undefined) throw new Error(`${task_id} has no taskforce: its workers are unknown`);
  return created;
}

function rebuildTask(
  directive: TaskDirective,
  { pilot_config, worker_config, n_workers }: Taskforce,
  aliasOf: (mqid: string) => string,
): TaskRequest {
  const { cluster_locations, task_image, task_args, task_env, init_image, init_args, init_env } = directive;
  return {
    cluster_locations,
    task_image,
    task_args,
    ...(Object.keys(task_env).length > 0 && { task_env }),
    ...(init_image !== "" && { init_image }),
    ...(init_args !== "" && { init_args }),
    ...(Object.keys(init_env).length > 0 && { init_env }),
    input_queue_aliases: directive.input_queues.map(aliasOf),
    output_queue_aliases: directive.output_queues.map(aliasOf),
    pilot_config,
    worker_config,
    n_workers,
  };
}

/** The aliases of queues: those of public ones, else `queue-1`, `queue-2`, … in the order of their first use. */
function nameQueues(
  directives: readonly TaskDirective[],
  publicQueues: StoredWorkflow["publicQueues"],
): (mqid: string) => string {
  const names = new Map(publicQueues.map(({ mqid, alias }) => [mqid, alias]));
  const taken = new Set(names.values());
  let number = 0;
  for (const { input_queues, output_queues } of directives)
    for (const mqid of [...input_queues, ...output_queues]) {
      if (names.has(mqid)) continue;
      do number++;
      while (taken.has(`queue-${number}`));
      names.set(mqid, `queue-${number}`);
    }
  return (mqid) => names.get(mqid) ?? mqid;
}
