import type { TaskforceUuid, WorkflowId } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { AddWorkersRequest, CreateWorkflowRequest } from "../domain/requestSchemas.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import type { WholeWorkflow } from "../store/creation.js";
import { type StoredTaskforce, taskforceAsCreated, taskJson, workflowAsCreated } from "../store/records.js";
import type { Wms } from "./context.js";
import { requestedWorkerCount } from "./create.js";

/**
 * A workflow as it was when it was created. Ids, times, queues and configurations never change and are read; of what a TMS has
 * changed since, the same request tells how it was.
 */
export async function replayCreatedWorkflow(
  wms: Wms,
  id: WorkflowId,
  request: CreateWorkflowRequest,
): Promise<WholeWorkflow> {
  const { store } = wms;
  const [workflow, taskIds, uuids] = await Promise.all([
    store.fetch("workflow", id),
    store.indexes.tasksOf(id),
    store.indexes.taskforcesOf(id),
  ]);
  if (workflow === undefined) throw new Error(`${id} was created and is gone`);
  const task_directives: TaskDirective[] = [];
  for await (const [, record] of store.fetchEach("task", taskIds))
    if (record !== undefined) task_directives.push(JSON.parse(taskJson(record)) as TaskDirective);
  const workerCounts = new Map(
    task_directives.map(({ task_id }, index) => [task_id, requestedWorkerCount(request.tasks[index])]),
  );
  const taskforces: Taskforce[] = [];
  for await (const [, record] of store.fetchEach("taskforce", uuids)) {
    const taskforce = record && restoreAsCreated(record, workerCounts);
    // Others were added later.
    if (taskforce?.phase_change_log[0]?.context === PHASE_CHANGE_CONTEXTS.created) taskforces.push(taskforce);
  }
  return { workflow: workflowAsCreated(workflow), task_directives, taskforces };
}

function restoreAsCreated(record: StoredTaskforce, workerCounts: ReadonlyMap<string, number>): Taskforce {
  const taskforce = taskforceAsCreated(record, 1);
  return { ...taskforce, n_workers: workerCounts.get(taskforce.task_id) ?? 1 };
}

/** A taskforce that was added to a task, likewise. */
export async function replayCreatedTaskforce(
  wms: Wms,
  uuid: TaskforceUuid,
  request: AddWorkersRequest,
): Promise<Taskforce> {
  const record = await wms.store.fetch("taskforce", uuid);
  if (record === undefined) throw new Error(`${uuid} was created and is gone`);
  return taskforceAsCreated(record, requestedWorkerCount(request));
}
