import { scheddOf } from "../domain/clusters.js";
import { isTaskId, taskOf, workflowOf } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import { ADD_WORKERS_BOOST } from "../domain/priority.js";
import type { AddWorkersRequest } from "../domain/requestSchemas.js";
import type { Taskforce } from "../domain/taskforce.js";
import { invalid, notFound, WmsError } from "../domain/wmsError.js";
import { createTaskforce } from "../store/creation.js";
import type { IdempotencyClaim } from "../store/idempotencyClaims.js";
import { parseConfiguration, workflowAsCreated } from "../store/records.js";
import type { Wms } from "./context.js";
import { logTaskforceCreation, newTaskforce, requestedWorkerCount } from "./create.js";
import { scheduleFanout, syncQueue } from "./syncQueue.js";

/**
 * Gives a task one more taskforce, copied from its first one, with a priority that lets it overtake.
 *
 * @param by whether a user or a TMS asks
 * @param claim of a request that takes effect once
 * @throws WmsError `invalid` for an unknown location, `not-found` for an unknown task, `conflict` when the workflow is
 *   deactivated
 * @throws Overtaken when the same request took effect meanwhile
 */
export async function addWorkers(
  wms: Wms,
  taskId: string,
  request: AddWorkersRequest,
  by: "USER" | "TMS",
  claim?: IdempotencyClaim,
): Promise<Taskforce> {
  const schedd = scheddOf(wms.settings.clusters, request.cluster_location);
  if (schedd === undefined)
    throw invalid(`cluster_location: condor cluster location not found: ${request.cluster_location}`);
  const first = isTaskId(taskId) ? await wms.store.indexes.firstTaskforceOf(taskId) : undefined;
  const record = first && (await wms.store.fetch("taskforce", first));
  if (record === undefined) throw notFound(`no task found with id: ${taskId}`);

  const workflow_id = workflowOf(record.uuid);
  const workflow = await wms.store.fetch("workflow", workflow_id);
  if (workflow === undefined) throw notFound(`no task found with id: ${taskId}`);
  const taskforce = newTaskforce({
    identity: {
      workflow_id,
      task_id: taskOf(record.uuid),
      schedd,
      priority: workflowAsCreated(workflow).priority + ADD_WORKERS_BOOST,
    },
    n_workers: requestedWorkerCount(request),
    ...parseConfiguration(record),
    source: by,
    context: PHASE_CHANGE_CONTEXTS.added,
  });
  const outcome = await createTaskforce(wms.store, taskforce, claim);
  if (outcome === "no-workflow") throw notFound(`no task found with id: ${taskId}`);
  if (outcome === "deactivated")
    throw new WmsError("conflict", `cannot add a taskforce to a deactivated workflow (${workflow_id})`);
  logTaskforceCreation(wms, [taskforce]);
  // While the queues wait for the MQS, the workflow's own job will move this taskforce on with its siblings. Afterwards
  // that job may be gone or about to end, so the taskforce gets one of its own.
  if (outcome === "queues-active")
    await syncQueue(wms, "activation", () =>
      wms.queues.activation.add([{ id: taskforce.taskforce_uuid, subject: workflow_id }]),
    );
  scheduleFanout(wms, workflow_id);
  return taskforce;
}
