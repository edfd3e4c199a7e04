import { groupBy } from "../domain/groupBy.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import { createYielder } from "../domain/time.js";
import type { Workflow } from "../domain/workflow.js";
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
 * @throws WmsError `unavailable` when staging took too long, EffectRefusedError by the guard. Nothing becomes visible then
 */
export async function createWholeWorkflow(
  store: Store,
  whole: WholeWorkflow,
  queueCount: number,
  guard?: EffectGuard,
): Promise<void> {
  const { workflow, taskforces } = whole;
  // This key is in another slot of a Redis Cluster. A schedd without taskforces does no harm.
  await store.redis.sadd(KNOWN_SCHEDDS_KEY, ...new Set(taskforces.map((taskforce) => taskforce.schedd)));

  const record = toWorkflowRecord(workflow, queueCount);
  const workflowEntity: NewEntity = { kind: "workflow", id: workflow.workflow_id, record, entity: workflow };
  const partEntities = await buildPartEntities(whole);
  const isStaged = needsStaging(partEntities);
  if (isStaged) {
    await guard?.check?.();
    await stageRecords(store, workflow.workflow_id, partEntities);
  }

  const partition = partitionOf(workflow.workflow_id, store.partitions);
  const batch = new WriteBatch(partition);
  await writeRecords(store, batch, isStaged ? [workflowEntity] : [workflowEntity, ...partEntities]);
  await addToIndexes(batch, [workflowEntity]);
  await addToIndexes(batch, partEntities, isStaged ? isIndexedLast : undefined);
  for (const [field, group] of groupBy(taskforces, ({ phase, schedd }) => countsField(phase, schedd)))
    batch.add("HINCRBY", countsKey(partition), field, group.length);
  batch.add("SADD", dirtyKey(partition), memberOf(workflow.workflow_id));
  const created: EventTuple = ["created", workflow.timestamp, memberOf(workflow.workflow_id)];
  for (const event of [created, ...phaseEvents(taskforces)])
    batch.add("XADD", eventsKey(partition), "MAXLEN", "~", MAX_STREAM_ENTRIES, "*", "e", JSON.stringify(event));
  if (isStaged) batch.add("ZREM", stagingKey(partition), memberOf(workflow.workflow_id));
  await batch.execute(isStaged ? store.bulkRedis : store.redis, guard, workflow.workflow_id);
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

/** The parts of a workflow. Directives come first: `removeAbandonedStaging` finds the staged taskforces by them. */
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
