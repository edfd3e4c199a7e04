import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import { isTaskId, type TaskforceUuid, type WorkflowId } from "../domain/ids.js";
import type { AddWorkersRequest, CreateWorkflowRequest } from "../domain/requestSchemas.js";
import type { Taskforce } from "../domain/taskforce.js";
import type { WholeWorkflow } from "../store/creation.js";
import { partitionOf, partitionOfText } from "../store/keys.js";
import { addWorkers } from "./addWorkers.js";
import type { Wms } from "./context.js";
import { createWorkflow } from "./create.js";
import { replayCreatedTaskforce, replayCreatedWorkflow } from "./replayCreated.js";
import { runIdempotently } from "./runIdempotently.js";

/** What a request gave, now or when it took effect. */
export interface IdempotentResult<T> {
  result: T;
  replayed: boolean;
}

/** Creates a workflow, once. @param idempotentRequest undefined: each request makes one. @throws WmsError as `createWorkflow` and `once` */
export async function createWorkflowIdempotently(
  wms: Wms,
  request: CreateWorkflowRequest,
  idempotentRequest: IdempotentRequest | undefined,
): Promise<IdempotentResult<WholeWorkflow>> {
  if (idempotentRequest === undefined) return { result: await createWorkflow(wms, request), replayed: false };
  return runIdempotently(wms, idempotentRequest, {
    // The workflow's id is chosen so that it lies there, too.
    partition: partitionOfText(idempotentRequest.name, wms.store.partitions),
    execute: (claim) => createWorkflow(wms, request, claim),
    replay: (id) => replayCreatedWorkflow(wms, id as WorkflowId, request),
  });
}

/** Gives a task one more taskforce, once, likewise. @throws WmsError as `addWorkers` and `once` */
export async function addWorkersIdempotently(
  wms: Wms,
  taskId: string,
  request: AddWorkersRequest,
  by: "USER" | "TMS",
  idempotentRequest: IdempotentRequest | undefined,
): Promise<IdempotentResult<Taskforce>> {
  // What can't be a task has no partition, and nothing is made of it.
  if (idempotentRequest === undefined || !isTaskId(taskId))
    return { result: await addWorkers(wms, taskId, request, by), replayed: false };
  return runIdempotently(wms, idempotentRequest, {
    partition: partitionOf(taskId, wms.store.partitions),
    execute: (claim) => addWorkers(wms, taskId, request, by, claim),
    replay: (uuid) => replayCreatedTaskforce(wms, uuid as TaskforceUuid, request),
  });
}
