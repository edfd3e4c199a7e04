import { isEarlyId, taskforceUuidOfEarly, taskIdOfEarly, workflowIdOfEarly } from "../domain/earlyIds.js";
import {
  isTaskforceUuid,
  isTaskId,
  isWorkflowId,
  type TaskforceUuid,
  type TaskId,
  taskOf,
  workflowOf,
} from "../domain/ids.js";
import type { ExportedWorkflow } from "../store/exportedWorkflow.js";
import { ExportFormatError } from "./exportFormatError.js";

/**
 * Gives a workflow the ids under which it is stored, in place of early ones.
 *
 * @param workflow as the API shows it
 * @throws ExportFormatError when an id does not contain that of its workflow and is not an early one either
 */
export function withStoredIds(workflow: ExportedWorkflow): ExportedWorkflow {
  const stored = isEarlyId(workflow.workflow.workflow_id) ? replaceEarlyIds(workflow) : workflow;
  checkIds(stored);
  return stored;
}

function replaceEarlyIds(shown: ExportedWorkflow): ExportedWorkflow {
  const early: string = shown.workflow.workflow_id;
  const workflow_id = workflowIdOfEarly(early);
  const storedTask = (id: TaskId) => (isEarlyId(id) ? taskIdOfEarly(early, id) : id);
  const uuids = new Map<string, TaskforceUuid>();
  const taskforces = shown.taskforces.map((taskforce) => {
    const { taskforce_uuid: uuid, task_id } = taskforce;
    const taskforce_uuid = isEarlyId(uuid) && isEarlyId(task_id) ? taskforceUuidOfEarly(early, task_id, uuid) : uuid;
    uuids.set(uuid, taskforce_uuid);
    return { ...taskforce, taskforce_uuid, task_id: storedTask(task_id), workflow_id };
  });
  const ofTaskforces = Object.entries(shown.extensions.taskforces).map(([uuid, fields]) => [
    uuids.get(uuid) ?? uuid,
    fields,
  ]);
  return {
    workflow: { ...shown.workflow, workflow_id },
    task_directives: shown.task_directives.map((directive) => ({
      ...directive,
      task_id: storedTask(directive.task_id),
      workflow_id,
    })),
    taskforces,
    extensions: { ...shown.extensions, taskforces: Object.fromEntries(ofTaskforces) },
  };
}

/** The partition of an entity follows from its id, so the id must contain that of the workflow. */
function checkIds({ workflow: { workflow_id }, task_directives, taskforces }: ExportedWorkflow): void {
  if (!isWorkflowId(workflow_id))
    throw new ExportFormatError(`workflow_id: ${workflow_id} is neither WF-<hex>-<8 hex> nor 32 hexadecimal digits`);
  const tasks = new Set<string>(task_directives.map(({ task_id }) => task_id));
  for (const task_id of tasks)
    if (!isTaskId(task_id) || workflowOf(task_id) !== workflow_id)
      throw new ExportFormatError(`task_id: ${task_id} does not contain the id of its workflow`);
  for (const { taskforce_uuid } of taskforces) {
    if (!isTaskforceUuid(taskforce_uuid) || workflowOf(taskforce_uuid) !== workflow_id)
      throw new ExportFormatError(`taskforce_uuid: ${taskforce_uuid} does not contain the id of its workflow`);
    if (!tasks.has(taskOf(taskforce_uuid)))
      throw new ExportFormatError(`taskforce_uuid: ${taskforce_uuid} has no task directive`);
  }
}
