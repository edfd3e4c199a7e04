import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import { isTaskId, type TaskforceUuid, type WorkflowId } from "../domain/ids.js";
import type { AddWorkersRequest, CreateWorkflowRequest } from "../domain/requestSchemas.js";
import type { Taskforce } from "../domain/taskforce.js";
import type { WholeWorkflow } from "../store/creation.js";
import { partitionOf, partitionOfText } from "../store/keys.js";
import { addWorkers } from "./addWorkers.js";
import type { Wms } from "./context.js";
import { createWorkflow } from "./create.js";
import { taskforceCreatedBefore, workflowCreatedBefore } from "./replayCreated.js";
import { once } from "./runIdempotently.js";

/** What a request gave, now or when it took effect. */
export interface Once<T> {
  given: T;
  replayed: boolean;
}

/** Creates a workflow, once. @param repeatable undefined: each request makes one. @throws WmsError as `createWorkflow` and `once` */
export async function createWorkflowOnce(
  wms: Wms,
  request: CreateWorkflowRequest,
  repeatable: IdempotentRequest | undefined,
): Promise<Once<WholeWorkflow>> {
  if (repeatable === undefined) return { given: await createWorkflow(wms, request), replayed: false };
  return once(wms, repeatable, {
    // The workflow's id is chosen so that it lies there, too.
    partition: partitionOfText(repeatable.name, wms.store.partitions),
    make: (claim) => createWorkflow(wms, request, claim),
    again: (id) => workflowCreatedBefore(wms, id as WorkflowId, request),
  });
}

/** Gives a task one more taskforce, once, likewise. @throws WmsError as `addWorkers` and `once` */
export async function addWorkersOnce(
  wms: Wms,
  taskId: string,
  request: AddWorkersRequest,
  by: "USER" | "TMS",
  repeatable: IdempotentRequest | undefined,
): Promise<Once<Taskforce>> {
  // What can't be a task has no partition, and nothing is made of it.
  if (repeatable === undefined || !isTaskId(taskId))
    return { given: await addWorkers(wms, taskId, request, by), replayed: false };
  return once(wms, repeatable, {
    partition: partitionOf(taskId, wms.store.partitions),
    make: (claim) => addWorkers(wms, taskId, request, by, claim),
    again: (uuid) => taskforceCreatedBefore(wms, uuid as TaskforceUuid, request),
  });
}
