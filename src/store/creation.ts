import { groupBy } from "../domain/groupBy.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import { createYielder } from "../domain/time.js";
import type { Workflow } from "../domain/workflow.js";
import { indexedOrigin, originFields, type WorkflowOrigin } from "./annotations.js";
import { type EffectGuard, runGuarded } from "./effectGuard.js";
import type { EventTuple } from "./eventStreams.js";
import {
  configurationsKey,
  countsField,
  countsKey,
  dirtyKey,
  eventsKey,
  KNOWN_SCHEDDS_KEY,
  MAX_STREAM_ENTRIES,
  memberOf,
  partitionOf,
  recordKey,
  stagingKey,
} from "./keys.js";
import { encodeText, toTaskforceRecord, toTaskRecord, toWorkflowRecord } from "./records.js";
import { createRedisOmWriter } from "./repositories.js";
import { isIndexedLast, needsStaging, stageRecords } from "./staging.js";
import type { Store } from "./store.js";
import {
  addToIndexes,
  indexKeysOf,
  type NewEntity,
  type StoredConfiguration,
  toStoredConfiguration,
  WriteBatch,
  writeRecords,
} from "./writeBatch.js";

/** A workflow with its task directives and taskforces. */
export interface WholeWorkflow {
  workflow: Workflow;
  task_directives: TaskDirective[];
  taskforces: Taskforce[];
}

/**
 * Creates a workflow, its directives and its taskforces: one script makes all of them visible, or none. The records
 * of a large workflow are staged before.
 *
 * @param queueCount the number of the workflow's message queues
 * @param origin who created it, and what is written about it
 * @throws WmsError `unavailable` when staging took too long, EffectRefusedError by the guard. Nothing becomes visible then
 */
export async function createWholeWorkflow(
  store: Store,
  whole: WholeWorkflow,
  queueCount: number,
  guard?: EffectGuard,
  origin: WorkflowOrigin = {},
): Promise<void> {
  const { workflow, taskforces } = whole;
  const record = { ...toWorkflowRecord(workflow, queueCount), ...originFields(origin) };
  const entity = { ...workflow, ...indexedOrigin(origin) };
  const newWorkflow: NewWorkflow = {
    workflow: { kind: "workflow", id: workflow.workflow_id, record, entity },
    parts: await buildPartEntities(whole),
    taskforces,
    events: phaseEvents(taskforces),
  };
  await writeNewWorkflow(store, newWorkflow, guard);
}

/** The records of a new workflow, and what the last step of its creation writes besides them. */
export interface NewWorkflow {
  workflow: NewEntity<"workflow">;
  /** The directives first: `removeAbandonedStaging` finds the staged taskforces by them. */
  parts: readonly NewEntity[];
  taskforces: readonly Pick<Taskforce, "phase" | "schedd">[];
  /** Events after the one of the creation. */
  events?: readonly EventTuple[];
  /** Further commands of the last step, on keys of the workflow's partition. */
  commands?: readonly (string | number)[][];
}

/** Writes a workflow: one script makes all of it visible. @throws as {@link createWholeWorkflow} */
export async function writeNewWorkflow(
  store: Store,
  { workflow, parts, taskforces, events = [], commands = [] }: NewWorkflow,
  guard?: EffectGuard,
): Promise<void> {
  // This key is in another slot of a Redis Cluster. A schedd without taskforces does no harm.
  const schedds = new Set(taskforces.map(({ schedd }) => schedd));
  if (schedds.size > 0) await store.redis.sadd(KNOWN_SCHEDDS_KEY, ...schedds);
  const isStaged = needsStaging(parts);
  if (isStaged) {
    await guard?.check?.();
    await stageRecords(store, workflow.id, parts);
  }

  const partition = partitionOf(workflow.id, store.partitions);
  const batch = new WriteBatch(partition);
  await writeRecords(store, batch, isStaged ? [workflow] : [workflow, ...parts]);
  await addToIndexes(batch, [workflow]);
  await addToIndexes(batch, parts, isStaged ? isIndexedLast : undefined);
  for (const [field, group] of groupBy(taskforces, ({ phase, schedd }) => countsField(phase, schedd)))
    batch.add("HINCRBY", countsKey(partition), field, group.length);
  for (const command of commands) batch.add(...command);
  batch.add("SADD", dirtyKey(partition), memberOf(workflow.id));
  const created: EventTuple = ["created", workflow.entity.timestamp, memberOf(workflow.id)];
  for (const event of [created, ...events])
    batch.add("XADD", eventsKey(partition), "MAXLEN", "~", MAX_STREAM_ENTRIES, "*", "e", JSON.stringify(event));
  if (isStaged) batch.add("ZREM", stagingKey(partition), memberOf(workflow.id));
  await batch.execute(isStaged ? store.bulkRedis : store.redis, guard, workflow.id);
}

/**
 * The phase events of new taskforces, whose logs have equal steps: one for each step and schedd. The event of the
 * workflow stands for their creation.
 */
function phaseEvents(taskforces: readonly Taskforce[]): EventTuple[] {
  const [created, ...steps] = taskforces[0]?.phase_change_log ?? [];
  const groups = steps.length > 0 ? groupBy(taskforces, ({ schedd }) => schedd) : new Map<string, Taskforce[]>();
  let from = created?.target_phase ?? null;
  return steps.flatMap(({ timestamp, target_phase, was_successful }) => {
    const head = ["phase", timestamp, encodeText(target_phase), was_successful ? 1 : 0, from] as const;
    from = target_phase;
    return [...groups].map(([schedd, group]): EventTuple => {
      return [...head, schedd, ...group.map(({ taskforce_uuid }) => memberOf(taskforce_uuid))];
    });
  });
}

/** The parts of a workflow, in the order of {@link NewWorkflow}. */
export async function buildPartEntities({ task_directives, taskforces }: WholeWorkflow): Promise<NewEntity[]> {
  // The taskforces of one task share the objects: this serializes each configuration once.
  const stored = new Map<Taskforce["pilot_config"], StoredConfiguration>();
  const entities: NewEntity[] = [];
  const pause = createYielder();
  for (const entity of task_directives) {
    await pause();
    entities.push({ kind: "task", id: entity.task_id, record: toTaskRecord(entity), entity });
  }
  for (const entity of taskforces) {
    await pause();
    const configuration = stored.get(entity.pilot_config) ?? toStoredConfiguration(entity);
    stored.set(entity.pilot_config, configuration);
    const record = toTaskforceRecord(entity, configuration.digest);
    entities.push({ kind: "taskforce", id: entity.taskforce_uuid, record, entity, configuration });
  }
  return entities;
}

/**
 * Creates one more taskforce of a workflow.
 *
 * @throws EffectRefusedError by the guard
 * @returns `queues-active` when the MQS already activated the workflow's queues: the caller must launch the taskforce
 */
export async function createTaskforce(
  store: Store,
  taskforce: Taskforce,
  guard?: EffectGuard,
): Promise<"queues-active" | "queues-pending" | "deactivated" | "no-workflow"> {
  const { taskforce_uuid: uuid, workflow_id } = taskforce;
  await store.redis.sadd(KNOWN_SCHEDDS_KEY, taskforce.schedd);
  const partition = partitionOf(uuid, store.partitions);
  const configuration = toStoredConfiguration(taskforce);
  // The script may refuse the taskforce. A configuration without references does no harm. That of an earlier release may
  // have megabytes, which are not sent again.
  if (!(await store.redis.hexists(configurationsKey(partition), configuration.digest)))
    await store.bulkRedis.hset(configurationsKey(partition), configuration.digest, configuration.json);
  const fields: (string | number)[] = [];
  const writer = createRedisOmWriter((_, written) => fields.push(...Object.entries(written).flat()));
  const repositories = store.repositories(partition).on(writer);
  await repositories.save("taskforce", uuid, toTaskforceRecord(taskforce, configuration.digest));
  const code = await runGuarded(
    store.redis,
    "addTaskforce",
    [
      recordKey(partition, "workflow", workflow_id),
      recordKey(partition, "taskforce", uuid),
      ...indexKeysOf(partition, { kind: "taskforce", entity: taskforce }),
    ],
    [memberOf(uuid), taskforce.timestamp, uuid, ...fields],
    guard,
  );
  if (code === -2) return "no-workflow";
  if (code === -1) return "deactivated";
  return code === 1 ? "queues-active" : "queues-pending";
}
