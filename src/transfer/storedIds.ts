import { isEarlyId, storedWorkflowId, taskforceUuidOfEarly, taskIdOfEarly } from "../domain/earlyIds.js";
import { isTaskforceUuid, isTaskId, isWorkflowId, taskOf, workflowOf } from "../domain/ids.js";
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

function replaceEarlyIds({ workflow, task_directives, taskforces, extensions }: ExportedWorkflow): ExportedWorkflow {
  const early: string = workflow.workflow_id;
  const workflow_id = storedWorkflowId(early) as typeof workflow.workflow_id;
  const storedTask = (id: string) =>
    (isEarlyId(id) ? taskIdOfEarly(early, id) : id) as (typeof task_directives)[0]["task_id"];
  const storedTaskforce = (uuid: string, task: string) =>
    (isEarlyId(uuid) && isEarlyId(task)
      ? taskforceUuidOfEarly(early, task, uuid)
      : uuid) as (typeof taskforces)[0]["taskforce_uuid"];
  const uuids = new Map(
    taskforces.map(({ taskforce_uuid, task_id }) => [
      taskforce_uuid as string,
      storedTaskforce(taskforce_uuid, task_id),
    ]),
  );
  return {
    workflow: { ...workflow, workflow_id },
    task_directives: task_directives.map((directive) => ({
      ...directive,
      task_id: storedTask(directive.task_id),
      workflow_id,
    })),
    taskforces: taskforces.map((taskforce) => ({
      ...taskforce,
      taskforce_uuid: storedTaskforce(taskforce.taskforce_uuid, taskforce.task_id),
      task_id: storedTask(taskforce.task_id),
      workflow_id,
    })),
    extensions: {
      ...extensions,
      taskforces: Object.fromEntries(
        Object.entries(extensions.taskforces).map(([uuid, fields]) => [uuids.get(uuid) ?? uuid, fields]),
      ),
    },
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
