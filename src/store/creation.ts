import type { ChainableCommander } from "ioredis";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import type { Workflow } from "../domain/workflow.js";
import {
  allKey,
  countsField,
  countsKey,
  dirtyKey,
  type IdOf,
  INDEXED,
  indexKey,
  type Kind,
  memberOf,
  partitionOf,
  recordKey,
  SCHEDDS_KEY,
} from "./keys.js";
import { taskforceRecord, taskRecord, workflowRecord } from "./records.js";
import { redisOmRecorder, redisOmTransaction } from "./redisOmClient.js";
import type { RecordOf } from "./repositories.js";
import { runScript } from "./scripts.js";
import type { Store } from "./store.js";

/** A workflow and all that belongs to it. */
export interface WholeWorkflow {
  workflow: Workflow;
  task_directives: TaskDirective[];
  taskforces: Taskforce[];
}

type Indexable = { timestamp: number } & { [field: string]: unknown };

/** The indexes that a new entity enters. */
function indexesOf(partition: number, kind: Kind, entity: object): string[] {
  const fields = entity as Indexable;
  const keys = INDEXED[kind].flatMap((field) => {
    const value = fields[field];
    return typeof value === "number" || (typeof value === "string" && value !== "")
      ? [indexKey(partition, kind, field, value)]
      : [];
  });
  return [allKey(partition, kind), ...keys];
}

/**
 * Creates a workflow, its directives and its taskforces in one transaction: they appear all at once.
 *
 * @param queues how many message queues the workflow has
 */
export async function createAll(store: Store, whole: WholeWorkflow, queues: number): Promise<void> {
  const { workflow, task_directives, taskforces } = whole;
  // Before the transaction and outside of it: another slot of a Redis Cluster. A schedd known too early does no harm.
  await store.redis.sadd(SCHEDDS_KEY, ...new Set(taskforces.map((taskforce) => taskforce.schedd)));

  const partition = partitionOf(workflow.workflow_id, store.partitions);
  const multi = store.redis.multi();
  const client = redisOmTransaction(multi);
  const repositories = store.repositoriesOf(workflow.workflow_id);
  const put = async <K extends Kind>(
    kind: K,
    id: IdOf[K],
    record: RecordOf[K],
    entity: { timestamp: number },
  ) => {
    await repositories.save(kind, id, record, client);
    enterIndexes(multi, indexesOf(partition, kind, entity), entity.timestamp, id);
  };
  await put("workflow", workflow.workflow_id, workflowRecord(workflow, queues), workflow);
  for (const directive of task_directives)
    await put("task", directive.task_id, taskRecord(directive), directive);
  for (const taskforce of taskforces)
    await put("taskforce", taskforce.taskforce_uuid, taskforceRecord(taskforce), taskforce);
  for (const { phase, schedd } of taskforces)
    multi.hincrby(countsKey(partition), countsField(phase, schedd), 1);
  multi.sadd(dirtyKey(partition), memberOf(workflow.workflow_id));
  await multi.exec();
}

function enterIndexes(multi: ChainableCommander, keys: readonly string[], created: number, id: string): void {
  for (const key of keys) multi.zadd(key, created, memberOf(id));
}

/**
 * Creates one more taskforce of a workflow.
 *
 * @returns `queues-active` when the MQS already activated the workflow's queues: nobody else will move this taskforce on
 */
export async function createTaskforce(
  store: Store,
  taskforce: Taskforce,
): Promise<"queues-active" | "queues-pending" | "deactivated" | "no-workflow"> {
  const { taskforce_uuid: uuid, workflow_id } = taskforce;
  await store.redis.sadd(SCHEDDS_KEY, taskforce.schedd);
  const partition = partitionOf(uuid, store.partitions);
  const fields: (string | number)[] = [];
  const recorder = redisOmRecorder((_, written) => fields.push(...Object.entries(written).flat()));
  await store.repositoriesOf(uuid).save("taskforce", uuid, taskforceRecord(taskforce), recorder);
  const code = await runScript(
    store.redis,
    "addTaskforce",
    [
      recordKey(partition, "workflow", workflow_id),
      recordKey(partition, "taskforce", uuid),
      dirtyKey(partition),
      ...indexesOf(partition, "taskforce", taskforce),
    ],
    [memberOf(uuid), taskforce.timestamp, ...fields],
  );
  if (code === -2) return "no-workflow";
  if (code === -1) return "deactivated";
  return code === 1 ? "queues-active" : "queues-pending";
}
