import { nextEpochSeconds } from "../domain/clock.js";
import { scheddOf, unknownLocation } from "../domain/clusters.js";
import { checkEntitySizes } from "../domain/entitySizes.js";
import { newTaskforceUuid, newTaskIds, newWorkflowId, type TaskId } from "../domain/ids.js";
import { PHASE_CHANGE_CONTEXTS, PHASE_CHANGE_SOURCES, type Phase, type PhaseChange } from "../domain/phases.js";
import type { CreateWorkflowRequest, TaskRequest } from "../domain/requestSchemas.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import {
  buildUnstartedTaskforce,
  isWellFormedTag,
  normalizePriority,
  normalizeTag,
  type PilotConfig,
  type Taskforce,
} from "../domain/taskforce.js";
import { createYielder } from "../domain/time.js";
import { invalid } from "../domain/wmsError.js";
import type { Workflow } from "../domain/workflow.js";
import type { WorkflowOrigin } from "../store/annotations.js";
import { createWholeWorkflow, type WholeWorkflow } from "../store/creation.js";
import type { EffectGuard } from "../store/effectGuard.js";
import { newWorkflowIdIn } from "../store/keys.js";
import { logPhaseChange, scheduleFanout, syncQueue } from "./changeEffects.js";
import type { Wms } from "./context.js";
import { addToStarterQueues, asLaunched, LAUNCH_BATCH_TASKFORCES } from "./launch.js";
import { listPilotImages, type PilotImages } from "./pilotImages.js";

/** The requested number of workers; 1 unless given. */
export const requestedWorkerCount = (of: { n_workers?: number | null | undefined } | undefined): number =>
  of?.n_workers ?? 1;

/** The service sets these environment variables of the pilot, and would overwrite a user's value. */
export const RESERVED_VARIABLES: readonly string[] = ["IMAGE", "ARGS", "ENV_JSON"].flatMap((what) => [
  `EWMS_PILOT_TASK_${what}`,
  `EWMS_PILOT_INIT_${what}`,
]);

/**
 * Creates a workflow with its directives and taskforces. All checks pass before the MQS reserves queues; then all entities
 * appear at once.
 *
 * @param request matches its schema; this function checks the other rules
 * @param options `partition`: for the workflow, that of the guard; `origin`: who creates it, and what is written about it
 * @throws WmsError `invalid`; `upstream-refused` or `unavailable` when the MQS does not reserve the queues
 * @throws EffectRefusedError by the guard
 */
export async function createWorkflow(
  wms: Wms,
  request: CreateWorkflowRequest,
  { guard, partition, origin }: { guard?: EffectGuard; partition?: number; origin?: WorkflowOrigin | undefined } = {},
): Promise<WholeWorkflow> {
  checkClusters(wms, request);
  const aliases = [
    ...new Set(request.tasks.flatMap((task) => [...task.input_queue_aliases, ...task.output_queue_aliases])),
  ];
  checkPublicAliases(request, new Set(aliases));
  checkEnvironments(request);
  await checkEntitySizes(request, wms.settings.entityMaxBytes);
  const pilots = await resolvePilotConfigs(wms, request);

  const timestamp = nextEpochSeconds();
  const workflow: Workflow = {
    workflow_id:
      partition === undefined ? newWorkflowId(timestamp) : newWorkflowIdIn(partition, wms.store.partitions, timestamp),
    timestamp,
    priority: normalizePriority(request.priority),
    deactivated: null,
    deactivated_ts: null,
  };
  // Reserved queues stay.
  if (aliases.length > 0) await guard?.check?.();
  const profiles =
    aliases.length === 0 ? [] : await wms.mqs.reserve(workflow.workflow_id, aliases, request.public_queue_aliases);
  const queues = new Map(profiles.map(({ alias, mqid }) => [alias, mqid]));
  const whole = await assembleWorkflow(wms, workflow, request, pilots, queues);
  // Without message queues nothing delays the launch, so the workflow is stored as launched. A large one is left to a
  // worker: its jobs would delay the response.
  const isLaunched = aliases.length === 0 && whole.taskforces.length <= LAUNCH_BATCH_TASKFORCES;
  const taskforces = isLaunched ? asLaunched(wms, whole.taskforces) : whole.taskforces;
  await createWholeWorkflow(wms.store, { ...whole, taskforces }, aliases.length, guard, origin);
  logTaskforceChanges(wms, taskforces);
  await syncQueue(wms, isLaunched ? "starter" : "activation", () =>
    isLaunched ? addToStarterQueues(wms, taskforces) : wms.queues.activation.add([{ id: workflow.workflow_id }]),
  );
  scheduleFanout(wms, workflow.workflow_id);
  return whole;
}

function checkClusters({ settings: { clusters } }: Wms, { tasks }: CreateWorkflowRequest): void {
  tasks.forEach((task, index) => {
    task.cluster_locations.forEach((location, at) => {
      if (scheddOf(clusters, location) === undefined)
        throw unknownLocation(clusters, `tasks[${index}].cluster_locations[${at}]`, location);
    });
  });
}

function checkPublicAliases({ public_queue_aliases }: CreateWorkflowRequest, used: ReadonlySet<string>): void {
  public_queue_aliases.forEach((alias, index) => {
    if (!used.has(alias)) throw invalid(`public_queue_aliases[${index}]: no task uses this alias: ${alias}`);
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
  const images = await listPilotImages(wms.settings.pilotImagesDir);
  const configs: PilotConfig[] = [];
  for (const [index, { pilot_config }] of tasks.entries())
    configs.push({
      tag: await resolveTag(pilot_config?.tag ?? "latest", images, `tasks[${index}].pilot_config.tag`),
      image_source: "cvmfs",
      environment: pilot_config?.environment ?? {},
      input_files: pilot_config?.input_files ?? [],
    });
  return configs;
}

async function resolveTag(requested: string, images: PilotImages, field: string): Promise<string> {
  const tag = normalizeTag(requested);
  if (!isWellFormedTag(tag))
    throw invalid(`${field}: expected X.Y.Z, 'latest' or a branch tag that ends in '-<hash>', got '${requested}'`);
  const resolved = await images.resolve(tag);
  if (resolved === undefined) throw invalid(`${field}: pilot image tag not found: ${requested}`);
  return resolved;
}

async function assembleWorkflow(
  wms: Wms,
  workflow: Workflow,
  request: CreateWorkflowRequest,
  pilots: readonly PilotConfig[],
  /** Message queue ids by alias. */
  queues: ReadonlyMap<string, string>,
): Promise<WholeWorkflow> {
  const { clusters } = wms.settings;
  const ids = newTaskIds(workflow.workflow_id, request.tasks.length);
  const task_directives: TaskDirective[] = [];
  const taskforces: Taskforce[] = [];
  const pause = createYielder();
  for (const [index, task] of request.tasks.entries()) {
    await pause();
    const id = ids[index];
    const pilot_config = pilots[index];
    if (id === undefined || pilot_config === undefined) continue;
    task_directives.push(buildTaskDirective(id, workflow, task, queues));
    for (const [at, location] of task.cluster_locations.entries()) {
      const schedd = scheddOf(clusters, location);
      if (schedd === undefined) throw unknownLocation(clusters, `tasks[${index}].cluster_locations[${at}]`, location);
      const identity = { workflow_id: workflow.workflow_id, task_id: id, schedd, priority: workflow.priority };
      taskforces.push(
        newTaskforce({
          ...identity,
          n_workers: requestedWorkerCount(task),
          pilot_config,
          worker_config: task.worker_config,
          source_entity: PHASE_CHANGE_SOURCES.user,
          context: PHASE_CHANGE_CONTEXTS.created,
        }),
      );
    }
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

/** Logs the changes of new taskforces of one workflow, whose logs have equal steps. */
export function logTaskforceChanges({ log }: Wms, taskforces: readonly Taskforce[]): void {
  const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  let from: Phase | undefined;
  for (const change of taskforces[0]?.phase_change_log ?? []) {
    logPhaseChange(log, change, uuids, from);
    from = change.target_phase;
  }
}

/** A taskforce in its first phase. @param source_entity with `context`, for its log */
export function newTaskforce({
  source_entity,
  context,
  ...fields
}: Pick<Taskforce, "workflow_id" | "task_id" | "schedd" | "priority" | "n_workers" | "pilot_config" | "worker_config"> &
  Pick<PhaseChange, "source_entity" | "context">): Taskforce {
  const timestamp = nextEpochSeconds();
  const target_phase = "pre-mq-activation";
  return buildUnstartedTaskforce(
    { taskforce_uuid: newTaskforceUuid(fields.task_id), timestamp, ...fields },
    { target_phase, timestamp, was_successful: true, source_event_time: null, source_entity, context },
  );
}
