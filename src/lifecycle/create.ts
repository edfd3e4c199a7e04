import { scheddOf } from "../domain/clusters.js";
import { newTaskforceUuid, newTaskIds, newWorkflowId, type TaskId, type WorkflowId } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS, PHASE_CHANGE_SOURCES } from "../domain/phases.js";
import type { CreateWorkflowRequest, TaskRequest } from "../domain/requestSchemas.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import { buildUnstartedTaskforce, normalizePriority, type PilotConfig, type Taskforce } from "../domain/taskforce.js";
import { createYielder, nextEpochSeconds } from "../domain/time.js";
import { invalid } from "../domain/wmsError.js";
import type { Workflow } from "../domain/workflow.js";
import { createWholeWorkflow, type WholeWorkflow } from "../store/creation.js";
import type { IdempotencyClaim } from "../store/idempotencyClaims.js";
import { partitionOf } from "../store/keys.js";
import type { Wms } from "./context.js";
import { logPhaseChange } from "./phaseChangeLog.js";
import { createPilotTagResolver } from "./pilotTagResolver.js";
import { scheduleFanout, syncQueue } from "./syncQueue.js";

/** The requested number of workers; 1 unless given. */
export const requestedWorkerCount = (of: { n_workers?: number | null | undefined } | undefined): number =>
  of?.n_workers ?? 1;

/** The service sets these environment variables of the pilot, and would overwrite a user's value. */
const RESERVED_VARIABLES = ["IMAGE", "ARGS", "ENV_JSON"].flatMap((what) => [
  `EWMS_PILOT_TASK_${what}`,
  `EWMS_PILOT_INIT_${what}`,
]);

/**
 * Creates a workflow with its directives and taskforces. All checks pass before the MQS reserves queues; then all entities
 * appear at once.
 *
 * @param request matches its schema; this function checks the other rules
 * @param claim of the request's idempotency key
 * @throws WmsError `invalid`; `upstream-refused` or `unavailable` when the MQS does not reserve the queues
 * @throws ClaimLostError when the same request took effect meanwhile
 */
export async function createWorkflow(
  wms: Wms,
  request: CreateWorkflowRequest,
  claim?: IdempotencyClaim,
): Promise<WholeWorkflow> {
  checkClusters(wms, request);
  const aliases = usedAliases(request);
  checkPublicAliases(request, aliases);
  checkEnvironments(request);
  const pilots = await resolvePilotConfigs(wms, request);

  const timestamp = nextEpochSeconds();
  const workflow: Workflow = {
    workflow_id:
      claim === undefined ? newWorkflowId(timestamp) : newWorkflowIdInPartition(wms, claim.partition, timestamp),
    timestamp,
    priority: normalizePriority(request.priority),
    deactivated: null,
    deactivated_ts: null,
  };
  const queues = await reserveQueues(wms, workflow.workflow_id, aliases, request.public_queue_aliases);
  const whole = await assembleWorkflow(wms, workflow, request, pilots, queues);
  await createWholeWorkflow(wms.store, whole, aliases.length, claim);
  logTaskforceCreation(wms, whole.taskforces);
  await syncQueue(wms, "activation", () => wms.queues.activation.add([{ id: workflow.workflow_id }]));
  scheduleFanout(wms, workflow.workflow_id);
  return whole;
}

/** Draws ids until one lies in a partition. */
function newWorkflowIdInPartition({ store }: Wms, partition: number, timestamp: number): WorkflowId {
  for (;;) {
    const id = newWorkflowId(timestamp);
    if (partitionOf(id, store.partitions) === partition) return id;
  }
}

function checkClusters(wms: Wms, { tasks }: CreateWorkflowRequest): void {
  tasks.forEach((task, index) => {
    task.cluster_locations.forEach((location, at) => {
      if (scheddOf(wms.settings.clusters, location) === undefined)
        throw invalid(`tasks[${index}].cluster_locations[${at}]: condor cluster location not found: ${location}`);
    });
  });
}

/** The distinct aliases of a request, in the order of their first use. */
function usedAliases({ tasks }: CreateWorkflowRequest): string[] {
  return [...new Set(tasks.flatMap((task) => [...task.input_queue_aliases, ...task.output_queue_aliases]))];
}

function checkPublicAliases({ public_queue_aliases }: CreateWorkflowRequest, used: readonly string[]): void {
  const known = new Set(used);
  public_queue_aliases.forEach((alias, index) => {
    if (!known.has(alias)) throw invalid(`public_queue_aliases[${index}]: no task uses this alias: ${alias}`);
  });
}

function checkEnvironments({ tasks }: CreateWorkflowRequest): void {
  tasks.forEach((task, index) => {
    const reserved = RESERVED_VARIABLES.find((name) => Object.hasOwn(task.pilot_config?.environment ?? {}, name));
    if (reserved !== undefined)
      throw invalid(
        `tasks[${index}].pilot_config.environment.${reserved}: is set by the service, use the task's own fields`,
      );
  });
}

async function resolvePilotConfigs(wms: Wms, { tasks }: CreateWorkflowRequest): Promise<PilotConfig[]> {
  const resolver = await createPilotTagResolver(wms.settings.pilotImagesDir);
  return tasks.map(({ pilot_config }, index) => ({
    tag: resolver.resolve(pilot_config?.tag ?? "latest", `tasks[${index}].pilot_config.tag`),
    image_source: "cvmfs",
    environment: pilot_config?.environment ?? {},
    input_files: pilot_config?.input_files ?? [],
  }));
}

/** @returns message queue ids by alias */
async function reserveQueues(
  wms: Wms,
  workflow: WorkflowId,
  aliases: readonly string[],
  publicAliases: readonly string[],
): Promise<Map<string, string>> {
  if (aliases.length === 0) return new Map();
  const profiles = await wms.mqs.reserve(workflow, aliases, publicAliases);
  return new Map(profiles.map(({ alias, mqid }) => [alias, mqid]));
}

async function assembleWorkflow(
  wms: Wms,
  workflow: Workflow,
  request: CreateWorkflowRequest,
  pilots: readonly PilotConfig[],
  queues: ReadonlyMap<string, string>,
): Promise<WholeWorkflow> {
  const ids = newTaskIds(workflow.workflow_id, request.tasks.length);
  const task_directives: TaskDirective[] = [];
  const taskforces: Taskforce[] = [];
  const pause = createYielder();
  for (const [index, task] of request.tasks.entries()) {
    await pause();
    const id = ids[index];
    const pilot_config = pilots[index];
    if (id === undefined || pilot_config === undefined) continue;
    const directive = buildTaskDirective(id, workflow, task, queues);
    task_directives.push(directive);
    for (const location of task.cluster_locations)
      taskforces.push(buildTaskforce(wms, workflow, directive, task, pilot_config, location));
  }
  return { workflow, task_directives, taskforces };
}

function buildTaskDirective(
  task_id: TaskId,
  workflow: Workflow,
  task: TaskRequest,
  queues: ReadonlyMap<string, string>,
): TaskDirective {
  const idsOf = (aliases: readonly string[]) => aliases.flatMap((alias) => queues.get(alias) ?? []);
  return {
    task_id,
    workflow_id: workflow.workflow_id,
    cluster_locations: task.cluster_locations,
    task_image: task.task_image,
    task_args: task.task_args,
    task_env: task.task_env ?? {},
    init_image: task.init_image ?? "",
    init_args: task.init_args ?? "",
    init_env: task.init_env ?? {},
    timestamp: nextEpochSeconds(),
    input_queues: idsOf(task.input_queue_aliases),
    output_queues: idsOf(task.output_queue_aliases),
  };
}

function buildTaskforce(
  wms: Wms,
  { workflow_id, priority }: Workflow,
  { task_id }: TaskDirective,
  task: TaskRequest,
  pilot_config: PilotConfig,
  location: string,
): Taskforce {
  const schedd = scheddOf(wms.settings.clusters, location);
  if (schedd === undefined) throw invalid(`condor cluster location not found: ${location}`);
  return newTaskforce({
    identity: { workflow_id, task_id, schedd, priority },
    n_workers: requestedWorkerCount(task),
    pilot_config,
    worker_config: task.worker_config,
    source: PHASE_CHANGE_SOURCES.user,
    context: PHASE_CHANGE_CONTEXTS.created,
  });
}

/** Logs the creation of taskforces of one workflow. */
export function logTaskforceCreation({ log }: Wms, taskforces: readonly Taskforce[]): void {
  const [created] = taskforces[0]?.phase_change_log ?? [];
  const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  if (created !== undefined) logPhaseChange(log, created, uuids);
}

/** A taskforce in its first phase. */
export function newTaskforce(of: {
  identity: Pick<Taskforce, "workflow_id" | "task_id" | "schedd" | "priority">;
  n_workers: number;
  pilot_config: PilotConfig;
  worker_config: Taskforce["worker_config"];
  source: Taskforce["phase_change_log"][number]["source_entity"];
  context: string;
}): Taskforce {
  const timestamp = nextEpochSeconds();
  const { identity, n_workers, pilot_config, worker_config, source: source_entity, context } = of;
  return buildUnstartedTaskforce(
    {
      taskforce_uuid: newTaskforceUuid(identity.task_id),
      ...identity,
      timestamp,
      n_workers,
      pilot_config,
      worker_config,
    },
    {
      target_phase: "pre-mq-activation",
      timestamp,
      was_successful: true,
      source_event_time: null,
      source_entity,
      context,
    },
  );
}
