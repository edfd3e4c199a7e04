import { pauses } from "../domain/yielder.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import type { Workflow } from "../domain/workflow.js";
import { putConfigurations, type StoredConfiguration, storedConfiguration } from "./configurations.js";
import { type Entry, enterIndexes, indexesOf, putRecords } from "./newEntities.js";
import { tellEvent } from "./eventStreams.js";
import { type Claim, claimArguments, Overtaken, writeOnce } from "./idempotencyClaims.js";
import {
  countsField,
  countsKey,
  dirtyKey,
  memberOf,
  partitionOf,
  recordKey,
  SCHEDDS_KEY,
  stagingKey,
} from "./keys.js";
import { taskforceRecord, taskRecord, workflowRecord } from "./records.js";
import { redisOmRecorder } from "./redisOmClient.js";
import { runScript } from "./scripts.js";
import { AT_ONCE, isEnteredLast, stage } from "./staging.js";
import type { Store } from "./store.js";
import { RecordedWrites, type Writes } from "./writes.js";

/** A workflow and all that belongs to it. */
export interface WholeWorkflow {
  workflow: Workflow;
  task_directives: TaskDirective[];
  taskforces: Taskforce[];
}

/**
 * Creates a workflow, its directives and its taskforces: they appear all at once, or not at all.
 *
 * A large workflow is staged first, and the last transaction makes it known.
 *
 * @param queues how many message queues the workflow has
 * @param claim of a request that takes effect once: what it made is kept in the same step
 * @throws WmsError `unavailable` when staging took too long, Overtaken when the same request took effect meanwhile; nothing
 *   appears then
 */
export async function createAll(
  store: Store,
  whole: WholeWorkflow,
  queues: number,
  claim?: Claim,
): Promise<void> {
  const { workflow, taskforces } = whole;
  // Before the transaction and outside of it: another slot of a Redis Cluster. A schedd known too early does no harm.
  await store.redis.sadd(SCHEDDS_KEY, ...new Set(taskforces.map((taskforce) => taskforce.schedd)));

  const first: Entry = {
    kind: "workflow",
    id: workflow.workflow_id,
    record: workflowRecord(workflow, queues),
    entity: workflow,
  };
  const rest = await entriesBehind(whole);
  const staged = rest.length > AT_ONCE;
  if (staged) await stage(store, workflow.workflow_id, rest);

  const partition = partitionOf(workflow.workflow_id, store.partitions);
  const fill = async (writes: Writes): Promise<void> => {
    await putRecords(store, writes, partition, staged ? [first] : [first, ...rest]);
    await enterIndexes(writes, partition, [first]);
    await enterIndexes(writes, partition, rest, staged ? isEnteredLast : undefined);
    for (const [field, count] of countedBy(taskforces)) writes.hincrby(countsKey(partition), field, count);
    writes.sadd(dirtyKey(partition), memberOf(workflow.workflow_id));
    tellEvent(writes, partition, { kind: "created", workflow: workflow.workflow_id, at: workflow.timestamp });
    if (staged) writes.zrem(stagingKey(partition), memberOf(workflow.workflow_id));
  };
  const redis = staged ? store.bulk : store.redis;
  if (claim === undefined) {
    const multi = redis.multi();
    await fill(multi);
    await multi.exec();
  } else {
    const recorded = new RecordedWrites();
    await fill(recorded);
    await writeOnce(redis, claim, workflow.workflow_id, recorded);
  }
}

/** How many of them each field of the counts is about. */
function countedBy(taskforces: readonly Taskforce[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { phase, schedd } of taskforces) {
    const field = countsField(phase, schedd);
    counts.set(field, (counts.get(field) ?? 0) + 1);
  }
  return counts;
}

/** What a workflow consists of, directives first: by them the rest of what was staged is found. */
export async function entriesBehind({ task_directives, taskforces }: WholeWorkflow): Promise<Entry[]> {
  // Those of one task share the very objects: no need to print them for each.
  const stored = new Map<Taskforce["pilot_config"], StoredConfiguration>();
  const configurationOf = (taskforce: Taskforce): StoredConfiguration => {
    const known = stored.get(taskforce.pilot_config) ?? storedConfiguration(taskforce);
    stored.set(taskforce.pilot_config, known);
    return known;
  };
  const entries: Entry[] = [];
  const pause = pauses();
  for (const directive of task_directives) {
    await pause();
    entries.push(taskEntry(directive));
  }
  for (const taskforce of taskforces) {
    await pause();
    entries.push(taskforceEntry(taskforce, configurationOf(taskforce)));
  }
  return entries;
}

const taskEntry = (entity: TaskDirective): Entry => ({
  kind: "task",
  id: entity.task_id,
  record: taskRecord(entity),
  entity,
});

const taskforceEntry = (entity: Taskforce, configuration: StoredConfiguration): Entry => ({
  kind: "taskforce",
  id: entity.taskforce_uuid,
  record: taskforceRecord(entity, configuration.digest),
  entity,
  configuration,
});

/**
 * Creates one more taskforce of a workflow.
 *
 * @param claim of a request that takes effect once
 * @throws Overtaken when the same request took effect meanwhile
 * @returns `queues-active` when the MQS already activated the workflow's queues: nobody else will move this taskforce on
 */
export async function createTaskforce(
  store: Store,
  taskforce: Taskforce,
  claim?: Claim,
): Promise<"queues-active" | "queues-pending" | "deactivated" | "no-workflow"> {
  const { taskforce_uuid: uuid, workflow_id } = taskforce;
  await store.redis.sadd(SCHEDDS_KEY, taskforce.schedd);
  const partition = partitionOf(uuid, store.partitions);
  const configuration = storedConfiguration(taskforce);
  // One that nobody refers to does no harm.
  await putConfigurations(store.redis, partition, [configuration]);
  const fields: (string | number)[] = [];
  const recorder = redisOmRecorder((_, written) => fields.push(...Object.entries(written).flat()));
  await store
    .repositoriesOf(uuid)
    .save("taskforce", uuid, taskforceRecord(taskforce, configuration.digest), recorder);
  const code = await runScript(
    store.redis,
    "addTaskforce",
    [
      recordKey(partition, "workflow", workflow_id),
      recordKey(partition, "taskforce", uuid),
      dirtyKey(partition),
      ...indexesOf(partition, { kind: "taskforce", entity: taskforce }),
      claim?.key ?? dirtyKey(partition),
    ],
    [
      memberOf(uuid),
      taskforce.timestamp,
      ...(claim === undefined ? ["", "", ""] : claimArguments(claim, uuid)),
      ...fields,
    ],
  );
  if (code === -3) throw new Overtaken();
  if (code === -2) return "no-workflow";
  if (code === -1) return "deactivated";
  return code === 1 ? "queues-active" : "queues-pending";
}
