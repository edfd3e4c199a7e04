import { batchesOf } from "../domain/batchesOf.js";
import { showEarlyIds } from "../domain/earlyIds.js";
import type { TaskforceUuid, TaskId, WorkflowId } from "../domain/ids.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import { createYielder } from "../domain/time.js";
import type { Workflow } from "../domain/workflow.js";
import { indexedOrigin, originOf } from "./annotations.js";
import type { NewWorkflow } from "./creation.js";
import { taskforceJson, workflowJson } from "./documents.js";
import { addEarlyIds } from "./earlyIds.js";
import { deactivatingKey, historyKey, memberOf, partitionOf, profilesKey, stoppingKey } from "./keys.js";
import { submissionJsonMembers, taskJson, toTaskforceRecord, toTaskRecord, toWorkflowRecord } from "./records.js";
import { parseFields, type RecordByKind } from "./repositories.js";
import { tombstonePlaces } from "./tombstonePlaces.js";
import type { HashFields, StoredTaskforceFields, StoredWorkflow } from "./wholeWorkflows.js";
import {
  MAX_PAIRS_PER_COMMAND,
  type NewEntity,
  type StoredConfiguration,
  toStoredConfiguration,
} from "./writeBatch.js";

/** A taskforce as the API shows it, but for early ids. An imported one may lack a number of workers, and its phase texts may be any. */
export type ExportedTaskforce = Omit<Taskforce, "n_workers"> & { n_workers: number | null };

/** What the API does not show of a workflow, by field of the records. */
export interface WorkflowExtensions {
  workflow: HashFields;
  /** By uuid. */
  taskforces: Readonly<Record<string, HashFields>>;
  /** mqid → activated profile as JSON text. */
  mq_profiles: HashFields;
  /** Whether a deactivation has not reached all taskforces yet. */
  deactivating: boolean;
  /** In the form of `domain/historyText.ts`. Absent in a source that has none. */
  history?: string;
}

/** A workflow with all that belongs to it: one line of an export, with the ids under which it is stored. */
export interface ExportedWorkflow {
  workflow: Workflow;
  task_directives: TaskDirective[];
  taskforces: ExportedTaskforce[];
  extensions: WorkflowExtensions;
}

/** Fields of the records whose contents are in the documents. All others are extensions. */
const SHOWN_FIELDS = {
  workflow: new Set(["doc", "deactivated", "deactivated_ts"]),
  taskforce: new Set([
    "phase",
    "configuration",
    "schedd",
    "priority",
    "log",
    "n_workers",
    "created",
    "cluster_id",
    "submission",
    "compound_statuses",
    "top_task_errors",
    // It follows from the log.
    "log_entries",
  ]),
} as const;

const extensionsOf = (kind: keyof typeof SHOWN_FIELDS, fields: HashFields): HashFields =>
  sortedByName(Object.entries(fields).filter(([name]) => !SHOWN_FIELDS[kind].has(name)));

/** Redis returns the fields of a hash in any order. */
const sortedByName = (entries: [name: string, value: string][]): HashFields =>
  Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));

/** A line of an export, without its end: the documents of a workflow, as the API shows them, and the extensions. */
export const exportedJson = async (stored: StoredWorkflow): Promise<string> => showEarlyIds(await storedJson(stored));

/** A stored workflow in the form of an export. */
export const toExported = async (stored: StoredWorkflow): Promise<ExportedWorkflow> =>
  JSON.parse(await storedJson(stored)) as ExportedWorkflow;

/** An {@link ExportedWorkflow} as JSON text. It is made in slices: a large one would block the process. */
async function storedJson(stored: StoredWorkflow): Promise<string> {
  const pause = createYielder();
  const tasks: string[] = [];
  for (const { fields } of stored.tasks) {
    await pause();
    tasks.push(taskJson(parseFields("task", fields)));
  }
  const taskforces: string[] = [];
  const taskforceExtensions: [uuid: string, fields: HashFields][] = [];
  for (const taskforce of stored.taskforces) {
    await pause();
    taskforces.push(taskforceDocument(taskforce));
    taskforceExtensions.push([taskforce.uuid, extensionsOf("taskforce", taskforce.fields)]);
  }
  const extensions: WorkflowExtensions = {
    workflow: extensionsOf("workflow", stored.fields),
    taskforces: Object.fromEntries(taskforceExtensions),
    mq_profiles: sortedByName(Object.entries(stored.profiles)),
    deactivating: stored.isDeactivating,
    ...(stored.history !== "" && { history: stored.history }),
  };
  const workflow = workflowJson(parseFields("workflow", stored.fields));
  return `{"workflow":${workflow},"task_directives":[${tasks.join()}],"taskforces":[${taskforces.join()}],"extensions":${JSON.stringify(extensions)}}`;
}

const taskforceDocument = ({ uuid, fields, configurationJson }: StoredTaskforceFields): string =>
  taskforceJson({ ...parseFields("taskforce", fields), uuid, configurationJson });

/** The records of an exported workflow. */
export function toNewWorkflow(exported: ExportedWorkflow, partitions: number): NewWorkflow {
  const { workflow, task_directives, extensions } = exported;
  const partition = partitionOf(workflow.workflow_id, partitions);
  const directives = task_directives.map(
    (entity): NewEntity => ({ kind: "task", id: entity.task_id, record: toTaskRecord(entity), entity }),
  );
  const configurations = new ConfigurationCache();
  const taskforces = exported.taskforces.map((entity) => toTaskforceEntity(entity, extensions, configurations));
  const stopping = exported.taskforces
    .filter(belongsInStoppingIndex)
    .flatMap(({ timestamp, taskforce_uuid }) => [timestamp, memberOf(taskforce_uuid)]);
  const commands = [
    // A workflow that exists is not removed.
    ...tombstonePlaces(partition, workflow.workflow_id).map((place) => ["HDEL", ...place]),
    ...pairCommands("ZADD", stoppingKey(partition), stopping),
    ...profileCommands(partition, workflow.workflow_id, extensions),
    ...historyCommands(partition, workflow.workflow_id, extensions),
    ...addEarlyIds(partition, idsOf(exported)),
  ];
  if (extensions.deactivating) commands.push(["SADD", deactivatingKey(partition), memberOf(workflow.workflow_id)]);
  return {
    workflow: toWorkflowEntity(workflow, extensions.workflow),
    parts: [...directives, ...taskforces],
    taskforces: exported.taskforces,
    commands,
  };
}

/** The ids of a workflow and of all that belongs to it. */
export const idsOf = ({
  workflow,
  task_directives,
  taskforces,
}: Omit<ExportedWorkflow, "extensions">): (WorkflowId | TaskId | TaskforceUuid)[] => [
  workflow.workflow_id,
  ...task_directives.map(({ task_id }) => task_id),
  ...taskforces.map(({ taskforce_uuid }) => taskforce_uuid),
];

/** The commands that store the profiles of a workflow. */
export const profileCommands = (
  partition: number,
  workflow: WorkflowId,
  { mq_profiles }: Pick<WorkflowExtensions, "mq_profiles">,
): (string | number)[][] => pairCommands("HSET", profilesKey(partition, workflow), Object.entries(mq_profiles).flat());

/** The command that stores the history of a workflow, if there is one. */
export const historyCommands = (
  partition: number,
  workflow: WorkflowId,
  { history }: Pick<WorkflowExtensions, "history">,
): string[][] => (history === undefined ? [] : [["SET", historyKey(partition, workflow), history]]);

/** Commands with as many pairs as fit. @param pairs of scores and members, or fields and values */
const pairCommands = (name: "ZADD" | "HSET", key: string, pairs: readonly (string | number)[]): (string | number)[][] =>
  [...batchesOf(pairs, 2 * MAX_PAIRS_PER_COMMAND)].map((batch) => [name, key, ...batch]);

/** Whether a taskforce waits for the removal of its HTCondor cluster. */
export const belongsInStoppingIndex = ({ phase, cluster_id }: Pick<Taskforce, "phase" | "cluster_id">): boolean =>
  phase === "pending-stopper" && cluster_id !== null;

/** The record of an exported workflow. @param fields its extensions */
export function toWorkflowEntity(workflow: Workflow, fields: HashFields): NewEntity<"workflow"> {
  const { deactivated, deactivated_ts } = workflow;
  const { doc } = toWorkflowRecord(workflow, 0);
  const record = { ...parseFields("workflow", fields), doc, deactivated, deactivated_ts };
  return {
    kind: "workflow",
    id: workflow.workflow_id as WorkflowId,
    record: asRecord<"workflow">(record),
    entity: { ...workflow, ...indexedOrigin(originOf(fields)) },
  };
}

/** The record of an exported taskforce. */
export function toTaskforceEntity(
  entity: ExportedTaskforce,
  extensions: Pick<WorkflowExtensions, "taskforces">,
  configurations: ConfigurationCache,
): NewEntity<"taskforce"> {
  const configuration = configurations.store(entity);
  const { submit_dict, job_event_log_fpath, compound_statuses, top_task_errors } = entity;
  const isSubmitted = !isEmpty(submit_dict) || job_event_log_fpath !== "";
  const record = {
    ...toTaskforceRecord(entity as Taskforce, configuration.digest),
    created: entity.phase_change_log[0]?.timestamp === entity.timestamp ? null : JSON.stringify(entity.timestamp),
    cluster_id: entity.cluster_id,
    submission: isSubmitted ? submissionJsonMembers({ submit_dict, job_event_log_fpath }) : null,
    compound_statuses: isEmpty(compound_statuses) ? null : JSON.stringify(compound_statuses),
    top_task_errors: isEmpty(top_task_errors) ? null : JSON.stringify(top_task_errors),
    ...parseFields("taskforce", extensions.taskforces[entity.taskforce_uuid] ?? {}),
  };
  return { kind: "taskforce", id: entity.taskforce_uuid, record: asRecord<"taskforce">(record), entity, configuration };
}

const isEmpty = (map: object): boolean => Object.keys(map).length === 0;

/** The compiler does not know that redis-om leaves out null, nor that extensions hold fields of the record. */
const asRecord = <K extends "workflow" | "taskforce">(record: object): RecordByKind[K] => record as RecordByKind[K];

/** The stored forms of configurations: the taskforces of a workflow share most of them. */
export class ConfigurationCache {
  readonly #byText = new Map<string, StoredConfiguration>();

  /** The stored form of a taskforce's configuration. */
  store({ pilot_config, worker_config }: Pick<Taskforce, "pilot_config" | "worker_config">): StoredConfiguration {
    const text = JSON.stringify({ pilot_config, worker_config });
    const stored = this.#byText.get(text) ?? toStoredConfiguration({ pilot_config, worker_config });
    this.#byText.set(text, stored);
    return stored;
  }
}
