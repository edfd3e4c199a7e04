import { batchesOf } from "../../domain/batchesOf.js";
import type { TaskforceUuid, TaskId, WorkflowId } from "../../domain/ids.js";
import type { MqProfile } from "../../domain/mqProfile.js";
import type { CreateWorkflowRequest, TaskRequest } from "../../domain/requestSchemas.js";
import type { TaskDirective } from "../../domain/taskDirective.js";
import type { PilotConfig } from "../../domain/taskforce.js";
import { unavailable, WmsError } from "../../domain/wmsError.js";
import type { Wms } from "../../lifecycle/context.js";
import { RESERVED_VARIABLES } from "../../lifecycle/create.js";
import { entityNotFound } from "../../lifecycle/entityNotFound.js";
import { requireWorkflow } from "../../lifecycle/requireWorkflow.js";
import { parseConfiguration, type StoredTaskforce, workflowAsCreated } from "../../store/records.js";
import type { Store } from "../../store/store.js";

/** Tasks that one round trip reads. */
const TASKS_PER_BATCH = 100;
/** Stored profiles that one command reads. */
const PROFILES_PER_BATCH = 500;
/** Calls of the MQS at the same time. */
const CALLS_PER_BATCH = 8;
/** The most calls of the MQS for one request. Only queues that are not active yet need one. */
const MAX_MQS_CALLS = 200;

type Queue = Pick<MqProfile, "alias"> & { is_public?: unknown };

/**
 * Rebuilds the request that would create an equal workflow again. Reads one taskforce of each task, whatever their number.
 *
 * The number of workers is the one that the TMS reported for that taskforce; before its report, that of the request.
 *
 * @param workflowId any text
 * @throws WmsError `not-found`; `conflict` if a task has no taskforce; `upstream-refused` or `unavailable` if the alias of
 *   a queue is not stored and the MQS does not return it
 */
export async function rebuildRequest(wms: Wms, workflowId: string): Promise<CreateWorkflowRequest> {
  const { id, record } = await requireWorkflow(wms, workflowId);
  const { priority } = workflowAsCreated(record);
  const stored = await readTasks(wms, id);
  const mqids = new Set(stored.flatMap(({ directive }) => [...directive.input_queues, ...directive.output_queues]));
  const queues = await readQueues(wms, id, [...mqids]);
  const aliasesOf = (ids: readonly string[]) => ids.flatMap((mqid) => queues.get(mqid)?.alias ?? []);
  return {
    public_queue_aliases: [...queues.values()].flatMap(({ alias, is_public }) => (is_public === true ? [alias] : [])),
    priority,
    tasks: stored.map(({ directive, taskforce }) => toTaskRequest(directive, taskforce, aliasesOf)),
  };
}

interface StoredTask {
  directive: TaskDirective;
  /** The first of the task. */
  taskforce: StoredTaskforce;
}

async function readTasks({ store }: Wms, id: WorkflowId): Promise<StoredTask[]> {
  const found: StoredTask[] = [];
  for (const batch of batchesOf(await store.indexes.tasksOf(id), TASKS_PER_BATCH)) {
    const uuids = await Promise.all(batch.map((task) => firstTaskforceOf(store, task)));
    const directives: TaskDirective[] = [];
    for await (const [, record] of store.fetchEach("task", batch))
      if (record !== undefined) directives.push(JSON.parse(record.doc) as TaskDirective);
    let index = 0;
    for await (const [, taskforce] of store.fetchEach("taskforce", uuids)) {
      const directive = directives[index++];
      // Both are there unless the workflow is removed meanwhile.
      if (directive === undefined || taskforce === undefined) throw await entityNotFound({ store }, "workflow", id);
      found.push({ directive, taskforce });
    }
  }
  return found;
}

async function firstTaskforceOf({ indexes }: Store, task: TaskId): Promise<TaskforceUuid> {
  const uuid = await indexes.firstTaskforceOf(task);
  // An imported task may have none.
  if (uuid === undefined) throw new WmsError("conflict", `${task} has no taskforce, so its worker_config is unknown`);
  return uuid;
}

/** Reads the queues by mqid, in the order of the ids. */
async function readQueues(wms: Wms, id: WorkflowId, mqids: readonly string[]): Promise<ReadonlyMap<string, Queue>> {
  const queues = new Map<string, Queue | undefined>(mqids.map((mqid) => [mqid, undefined]));
  for (const batch of batchesOf(mqids, PROFILES_PER_BATCH))
    for (const [at, text] of (await wms.store.profiles.fetch(id, batch)).entries())
      if (text !== null) queues.set(batch[at] as string, JSON.parse(text) as Queue);
  const missing = mqids.filter((mqid) => queues.get(mqid) === undefined);
  if (missing.length > MAX_MQS_CALLS)
    throw unavailable(`the message queues of ${id} are not active yet, and it has too many to ask the MQS for each`);
  for (const batch of batchesOf(missing, CALLS_PER_BATCH))
    for (const profile of await Promise.all(batch.map((mqid) => wms.mqs.profile(mqid))))
      queues.set(profile.mqid, profile);
  return queues as ReadonlyMap<string, Queue>;
}

/** @param aliasesOf the aliases of queues, in their order */
function toTaskRequest(
  directive: TaskDirective,
  taskforce: StoredTaskforce,
  aliasesOf: (mqids: readonly string[]) => string[],
): TaskRequest {
  const { cluster_locations, task_image, task_args, task_env, init_image, init_args, init_env } = directive;
  const { pilot_config, worker_config } = parseConfiguration(taskforce);
  return {
    cluster_locations,
    task_image,
    task_args,
    task_env,
    // Most tasks have none.
    ...(init_image !== "" && { init_image }),
    ...(init_args !== "" && { init_args }),
    ...(Object.keys(init_env).length > 0 && { init_env }),
    input_queue_aliases: aliasesOf(directive.input_queues),
    output_queue_aliases: aliasesOf(directive.output_queues),
    pilot_config: { ...pilot_config, environment: withoutReserved(pilot_config.environment) },
    worker_config,
    n_workers: taskforce.n_workers,
  };
}

/** A creation refuses the variables that the service sets; workflows of the existing service may hold them. */
const withoutReserved = (environment: PilotConfig["environment"]): PilotConfig["environment"] =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !RESERVED_VARIABLES.includes(name)));
