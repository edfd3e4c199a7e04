import { isTaskforceUuid, isTaskId, isWorkflowId, type TaskforceUuid, taskOf, type WorkflowId } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS } from "../domain/phases.js";
import type { KeyedRequest, PlainRequest, RepeatableRequest } from "../domain/repeatableRequest.js";
import type { AddWorkersRequest, CreateWorkflowRequest } from "../domain/requestSchemas.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import { WmsError } from "../domain/wmsError.js";
import type { Deactivation } from "../domain/workflow.js";
import type { WorkflowOrigin } from "../store/annotations.js";
import type { WholeWorkflow } from "../store/creation.js";
import { type EffectGuard, EffectRefusedError } from "../store/effectGuard.js";
import { partitionOf, partitionOfText } from "../store/keys.js";
import { taskforceAsCreated, taskJson, workflowAsCreated } from "../store/records.js";
import { addWorkers } from "./addWorkers.js";
import type { Wms } from "./context.js";
import { createWorkflow, requestedWorkerCount } from "./create.js";
import { type Deactivated, deactivateWorkflow } from "./deactivate.js";

/** The result of a request that may be a repetition. */
interface RepeatableResult<T> {
  result: T;
  /** Whether an earlier request took effect, and this one changed nothing. */
  replayed: boolean;
}

/**
 * Creates a workflow: once for each idempotency key; without a key once for each request, unless the response to an equal
 * request was lost. So do the other functions of this file.
 *
 * @throws WmsError as {@link createWorkflow}; `conflict` for a key of another request; `under-way` while the request with
 *   the same key is running
 */
export function createWorkflowOnce(
  wms: Wms,
  request: CreateWorkflowRequest,
  repeatable: RepeatableRequest,
  origin?: WorkflowOrigin,
): Promise<RepeatableResult<WholeWorkflow>> {
  const partition = partitionOfText(repeatable.name, wms.store.partitions);
  return runOnce(wms, repeatable, {
    partition,
    execute: (guard) => createWorkflow(wms, request, { guard, partition, origin }),
    replay: (id) => replayCreatedWorkflow(wms, id as WorkflowId, request),
  });
}

/** Adds a taskforce to a task. @throws WmsError as {@link addWorkers}; `conflict`, `under-way` */
export async function addWorkersOnce(
  wms: Wms,
  taskId: string,
  request: AddWorkersRequest,
  by: "USER" | "TMS",
  repeatable: RepeatableRequest,
): Promise<RepeatableResult<Taskforce>> {
  // A malformed id has no partition; addWorkers rejects it.
  if (!isTaskId(taskId)) return { result: await addWorkers(wms, taskId, request, by), replayed: false };
  return runOnce(wms, repeatable, {
    partition: partitionOf(taskId, wms.store.partitions),
    execute: (guard) => addWorkers(wms, taskId, request, by, guard),
    replay: (uuid) => replayCreatedTaskforce(wms, uuid as TaskforceUuid, request),
  });
}

/** Aborts or finishes a workflow. @throws WmsError as {@link deactivateWorkflow}; `conflict`, `under-way` */
export async function deactivateWorkflowOnce(
  wms: Wms,
  id: string,
  deactivation: Deactivation,
  repeatable: RepeatableRequest,
): Promise<RepeatableResult<Deactivated>> {
  if (!isWorkflowId(id)) return { result: await deactivateWorkflow(wms, id, deactivation), replayed: false };
  return runOnce(wms, repeatable, {
    partition: partitionOf(id, wms.store.partitions),
    execute: (guard) => deactivateWorkflow(wms, id, deactivation, guard),
    replay: async (count) => ({ workflow_id: id, n_taskforces: Number(count) }),
  });
}

/** Records the report of a failure. @throws WmsError as the report; `conflict`, `under-way` */
export async function reportFailureOnce(
  wms: Wms,
  uuid: string,
  report: (guard?: EffectGuard) => Promise<void>,
  repeatable: RepeatableRequest,
): Promise<RepeatableResult<void>> {
  if (!isTaskforceUuid(uuid)) return { result: await report(), replayed: false };
  const partition = partitionOf(uuid, wms.store.partitions);
  return runOnce(wms, repeatable, { partition, execute: report, replay: async () => undefined });
}

interface RepeatableOperation<T> {
  /** The partition of the entity that it changes or creates. */
  partition: number;
  /** Writes the effect, and records with the guard what was made, in the same step. */
  execute(guard: EffectGuard): Promise<T>;
  /** Rebuilds the result of {@link execute}. @param made as the guard recorded it */
  replay(made: string): Promise<T>;
}

const runOnce = <T>(wms: Wms, request: RepeatableRequest, operation: RepeatableOperation<T>) =>
  request.kind === "keyed" ? runKeyed(wms, request, operation) : runPlain(wms, request, operation);

/** Runs an operation once. A failed request releases its key, so that it can be repeated. */
async function runKeyed<T>(
  { store, log }: Wms,
  request: KeyedRequest,
  { partition, execute, replay }: RepeatableOperation<T>,
): Promise<RepeatableResult<T>> {
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
      if (error instanceof EffectRefusedError) continue;
      await store.idempotency.release(claim).catch((cause: unknown) => {
        log.debug({ err: cause }, "the key of a failed request was not released; it expires");
      });
      throw error;
    }
  }
}

/** Runs an operation, unless the response to an equal request was lost: then this request gets that response. */
async function runPlain<T>(
  { store, log }: Wms,
  request: PlainRequest,
  { partition, execute, replay }: RepeatableOperation<T>,
): Promise<RepeatableResult<T>> {
  const mark = store.deliveryMarks.begin(request, partition);
  for (;;) {
    try {
      return { result: await execute(mark), replayed: false };
    } catch (error) {
      if (!(error instanceof EffectRefusedError)) throw error;
      if (error.made !== undefined) {
        log.info({ made: error.made }, "the response to an equal request was lost; it is sent again");
        return { result: await replay(error.made), replayed: true };
      }
      await store.deliveryMarks.waitForOthers(mark, error.openMarks);
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
