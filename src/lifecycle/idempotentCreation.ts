import type { IdempotentRequest } from "../domain/idempotentRequest.js";
import { isTaskId, type TaskforceUuid, taskOf, type WorkflowId } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { AddWorkersRequest, CreateWorkflowRequest } from "../domain/requestSchemas.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import { WmsError } from "../domain/wmsError.js";
import type { WholeWorkflow } from "../store/creation.js";
import { ClaimLostError, type IdempotencyClaim } from "../store/idempotencyClaims.js";
import { partitionOf, partitionOfText } from "../store/keys.js";
import { taskforceAsCreated, taskJson, workflowAsCreated } from "../store/records.js";
import { addWorkers } from "./addWorkers.js";
import type { Wms } from "./context.js";
import { createWorkflow, requestedWorkerCount } from "./create.js";

/** The result of a request. */
interface IdempotentResult<T> {
  result: T;
  /** Whether an earlier request with the same key took effect, and this one changed nothing. */
  replayed: boolean;
}

/**
 * Creates a workflow once per idempotency key.
 *
 * @param idempotentRequest undefined: each request creates a workflow
 * @throws WmsError as {@link createWorkflow}; `conflict` for a key of another request; `under-way` while the same request
 *   is running
 */
export async function createWorkflowIdempotently(
  wms: Wms,
  request: CreateWorkflowRequest,
  idempotentRequest: IdempotentRequest | undefined,
): Promise<IdempotentResult<WholeWorkflow>> {
  if (idempotentRequest === undefined) return { result: await createWorkflow(wms, request), replayed: false };
  return runIdempotently(wms, idempotentRequest, {
    // createWorkflow picks an id in the same partition.
    partition: partitionOfText(idempotentRequest.name, wms.store.partitions),
    execute: (claim) => createWorkflow(wms, request, claim),
    replay: (id) => replayCreatedWorkflow(wms, id as WorkflowId, request),
  });
}

/** Adds a taskforce to a task once per idempotency key. @throws WmsError as {@link addWorkers}; `conflict`, `under-way` */
export async function addWorkersIdempotently(
  wms: Wms,
  taskId: string,
  request: AddWorkersRequest,
  by: "USER" | "TMS",
  idempotentRequest: IdempotentRequest | undefined,
): Promise<IdempotentResult<Taskforce>> {
  // A malformed task id has no partition; addWorkers rejects it.
  if (idempotentRequest === undefined || !isTaskId(taskId))
    return { result: await addWorkers(wms, taskId, request, by), replayed: false };
  return runIdempotently(wms, idempotentRequest, {
    partition: partitionOf(taskId, wms.store.partitions),
    execute: (claim) => addWorkers(wms, taskId, request, by, claim),
    replay: (uuid) => replayCreatedTaskforce(wms, uuid as TaskforceUuid, request),
  });
}

interface IdempotentOperation<T> {
  /** The partition of the entity that it creates. */
  partition: number;
  /** Creates the entity, and stores its id with the claim in the same write. */
  execute(claim: IdempotencyClaim): Promise<T>;
  /** Rebuilds the result of {@link execute}. @param createdId the stored id */
  replay(createdId: string): Promise<T>;
}

/** Runs an operation once. A failed request releases its key, so that it can be repeated. */
async function runIdempotently<T>(
  { store, log }: Wms,
  request: IdempotentRequest,
  { partition, execute, replay }: IdempotentOperation<T>,
): Promise<IdempotentResult<T>> {
  for (;;) {
    const claim = await store.idempotency.claim(request, partition);
    if (claim === "other-request") throw new WmsError("conflict", "Idempotency-Key: was used for another request");
    if (claim === "under-way") {
      const message = "Idempotency-Key: the same request is still under way";
      throw new WmsError("under-way", message, { retryAfterSeconds: 1 });
    }
    if ("made" in claim) return { result: await replay(claim.made), replayed: true };
    try {
      return { result: await execute(claim), replayed: false };
    } catch (error) {
      if (error instanceof ClaimLostError) continue;
      await store.idempotency.release(claim).catch((cause: unknown) => {
        log.debug({ err: cause }, "the key of a failed request was not released; it expires");
      });
      throw error;
    }
  }
}

/**
 * Rebuilds a workflow as it was created. Ids, times, queues and configurations never change and are read from the store; the
 * request supplies the values that a TMS may have changed.
 */
async function replayCreatedWorkflow(wms: Wms, id: WorkflowId, request: CreateWorkflowRequest): Promise<WholeWorkflow> {
  const { store } = wms;
  const [workflow, taskIds, uuids] = await Promise.all([
    store.fetch("workflow", id),
    store.indexes.tasksOf(id),
    store.indexes.taskforcesOf(id),
  ]);
  if (workflow === undefined) throw new Error(`${id} was created but is not stored`);
  const task_directives: TaskDirective[] = [];
  for await (const [, record] of store.fetchEach("task", taskIds))
    if (record !== undefined) task_directives.push(JSON.parse(taskJson(record)) as TaskDirective);
  const workerCounts = new Map(
    task_directives.map(({ task_id }, index) => [task_id, requestedWorkerCount(request.tasks[index])]),
  );
  const taskforces: Taskforce[] = [];
  for await (const [uuid, record] of store.fetchEach("taskforce", uuids)) {
    const taskforce = record && taskforceAsCreated(record, workerCounts.get(taskOf(uuid)) ?? 1);
    // Other taskforces were added later.
    if (taskforce?.phase_change_log[0]?.context === PHASE_CHANGE_CONTEXTS.created) taskforces.push(taskforce);
  }
  return { workflow: workflowAsCreated(workflow), task_directives, taskforces };
}

/** Rebuilds an added taskforce as it was created. */
async function replayCreatedTaskforce(wms: Wms, uuid: TaskforceUuid, request: AddWorkersRequest): Promise<Taskforce> {
  const record = await wms.store.fetch("taskforce", uuid);
  if (record === undefined) throw new Error(`${uuid} was created but is not stored`);
  return taskforceAsCreated(record, requestedWorkerCount(request));
}
