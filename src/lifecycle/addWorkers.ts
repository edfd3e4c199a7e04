import { scheddOf, unknownLocation } from "../domain/clusters.js";
import { isTaskId, taskOf, workflowOf } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { AddWorkersRequest } from "../domain/requestSchemas.js";
import { ADD_WORKERS_BOOST, type Taskforce } from "../domain/taskforce.js";
import { WmsError } from "../domain/wmsError.js";
import { createTaskforce } from "../store/creation.js";
import type { EffectGuard } from "../store/effectGuard.js";
import { parseConfiguration, workflowAsCreated } from "../store/records.js";
import { scheduleFanout, syncQueue } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { logTaskforceChanges, newTaskforce, requestedWorkerCount } from "./create.js";
import { entityNotFound } from "./entityNotFound.js";
import { launchTaskforces } from "./launch.js";

/**
 * Adds a taskforce to a task: a copy of its first one with a higher priority, so that it starts before others.
 *
 * @param by the requester
 * @throws WmsError `invalid` for an unknown location, `not-found` for an unknown task, `conflict` when the workflow is
 *   deactivated
 * @throws EffectRefusedError by the guard
 */
export async function addWorkers(
  wms: Wms,
  taskId: string,
  request: AddWorkersRequest,
  by: "USER" | "TMS",
  guard?: EffectGuard,
): Promise<Taskforce> {
  const { clusters } = wms.settings;
  const schedd = scheddOf(clusters, request.cluster_location);
  if (schedd === undefined) throw unknownLocation(clusters, "cluster_location", request.cluster_location);
  const first = isTaskId(taskId) ? await wms.store.indexes.firstTaskforceOf(taskId) : undefined;
  const record = first && (await wms.store.fetch("taskforce", first));
  if (record === undefined) throw await entityNotFound(wms, "task", taskId);

  const workflow_id = workflowOf(record.uuid);
  const workflow = await wms.store.fetch("workflow", workflow_id);
  if (workflow === undefined) throw await entityNotFound(wms, "task", taskId);
  const taskforce = newTaskforce({
    workflow_id,
    task_id: taskOf(record.uuid),
    schedd,
    priority: workflowAsCreated(workflow).priority + ADD_WORKERS_BOOST,
    n_workers: requestedWorkerCount(request),
    ...parseConfiguration(record),
    source_entity: by,
    context: PHASE_CHANGE_CONTEXTS.added,
  });
  const outcome = await createTaskforce(wms.store, taskforce, guard);
  if (outcome === "no-workflow") throw await entityNotFound(wms, "task", taskId);
  if (outcome === "deactivated")
    throw new WmsError("conflict", `cannot add a taskforce to a deactivated workflow (${workflow_id})`);
  logTaskforceChanges(wms, [taskforce]);
  // Until the queues are active, the workflow's activation job launches this taskforce. Later that job may have ended.
  if (outcome === "queues-active")
    await syncQueue(wms, "starter", () => launchTaskforces(wms, [taskforce.taskforce_uuid]));
  scheduleFanout(wms, workflow_id);
  return taskforce;
}
