import { type TaskforceUuid, taskOf, workflowOf } from "../domain/ids.js";
import type { PhaseChange } from "../domain/phases.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import { buildUnstartedTaskforce, type SubmitReport, type Taskforce } from "../domain/taskforce.js";
import type { Workflow } from "../domain/workflow.js";
import type { TaskforceConfiguration } from "./configurations.js";
import { decodeLog, encodeLog } from "./phaseLog.js";
import type { TaskforceRecord, TaskRecord, WorkflowRecord } from "./recordSchemas.js";

export type { TaskforceRecord, TaskRecord, WorkflowRecord } from "./recordSchemas.js";

/*
 * Conversions between entities and records. The fields that scripts need are hash fields; the rest is JSON text, which
 * responses include without parsing. Absent fields stand for null, {} and "".
 */

/** A taskforce's record with its id and configuration. */
export type StoredTaskforce = TaskforceRecord & {
  uuid: TaskforceUuid;
  /** Its {@link TaskforceConfiguration} as JSON text. */
  configurationJson: string;
};

/** A taskforce's log, oldest entry first. */
export const phaseChanges = (record: TaskforceRecord): PhaseChange[] => decodeLog(record.log);

/** The context of the newest entry of a taskforce's log. */
export const latestContext = (record: TaskforceRecord): string => phaseChanges(record).at(-1)?.context ?? "";

/** Appends members to the text of a JSON object, which is cheaper than parsing and serializing it. */
const appendJsonMembers = (object: string, members: string): string => `${object.slice(0, -1)},${members}}`;

/** A new workflow's record. @param queueCount the number of its message queues */
export function toWorkflowRecord(workflow: Workflow, queueCount: number): WorkflowRecord {
  const { deactivated: _, deactivated_ts: __, ...rest } = workflow;
  return { doc: JSON.stringify(rest), n_queues: queueCount };
}

/** A workflow in its state at creation. */
export const workflowAsCreated = ({ doc }: WorkflowRecord): Workflow => ({
  ...(JSON.parse(doc) as Omit<Workflow, "deactivated" | "deactivated_ts">),
  deactivated: null,
  deactivated_ts: null,
});

/** A workflow as JSON text. */
export function workflowJson(record: WorkflowRecord): string {
  const { deactivated, deactivated_ts } = record;
  const reason = JSON.stringify(deactivated ?? null);
  return appendJsonMembers(record.doc, `"deactivated":${reason},"deactivated_ts":${deactivated_ts ?? null}`);
}

/** A task directive's record. */
export const toTaskRecord = (directive: TaskDirective): TaskRecord => ({ doc: JSON.stringify(directive) });

/** A task directive as JSON text. */
export const taskJson = (record: TaskRecord): string => record.doc;

/** A new taskforce's record. @param configuration the digest */
export const toTaskforceRecord = (taskforce: Taskforce, configuration: string): TaskforceRecord => ({
  configuration,
  schedd: taskforce.schedd,
  priority: taskforce.priority,
  phase: taskforce.phase,
  since: JSON.stringify(taskforce.timestamp),
  log: encodeLog(taskforce.phase_change_log),
  n_workers: taskforce.n_workers,
});

/** The stored part of a condor-submit report: members of a JSON object. */
export const submissionJsonMembers = (report: Pick<SubmitReport, "submit_dict" | "job_event_log_fpath">): string =>
  `"submit_dict":${JSON.stringify(report.submit_dict)},"job_event_log_fpath":${JSON.stringify(report.job_event_log_fpath)}`;

const EMPTY_SUBMISSION = submissionJsonMembers({ submit_dict: {}, job_event_log_fpath: "" });

/** A taskforce as JSON text. */
export function taskforceJson(stored: StoredTaskforce): string {
  const { uuid, schedd, priority, cluster_id, compound_statuses, top_task_errors } = stored;
  const log = phaseChanges(stored);
  return (
    `{"taskforce_uuid":"${uuid}","task_id":"${taskOf(uuid)}","workflow_id":"${workflowOf(uuid)}",` +
    `"timestamp":${creationTimestamp(log)},"priority":${priority},"collector":null,"schedd":${JSON.stringify(schedd)},` +
    `"n_workers":${stored.n_workers},${stored.configurationJson.slice(1, -1)},` +
    `"cluster_id":${cluster_id ?? null},${stored.submission ?? EMPTY_SUBMISSION},` +
    `"phase":"${stored.phase}","phase_change_log":${JSON.stringify(log)},` +
    `"compound_statuses":${compound_statuses ?? "{}"},"top_task_errors":${top_task_errors ?? "{}"}}`
  );
}

/** The time of creation, which is that of the first log entry. */
const creationTimestamp = ([created]: readonly PhaseChange[]): number => {
  if (created === undefined) throw new Error("the taskforce has no log");
  return created.timestamp;
};

/** A taskforce in its state at creation. @param n_workers of the request: a TMS report replaces the stored number */
export function taskforceAsCreated(stored: StoredTaskforce, n_workers: number): Taskforce {
  const { uuid, schedd, priority } = stored;
  const [created] = phaseChanges(stored);
  if (created === undefined) throw new Error("the taskforce has no log");
  const identity = { taskforce_uuid: uuid, task_id: taskOf(uuid), workflow_id: workflowOf(uuid) };
  const { timestamp } = created;
  return buildUnstartedTaskforce(
    { ...identity, timestamp, priority, schedd, n_workers, ...parseConfiguration(stored) },
    created,
  );
}

/** The configuration of a stored taskforce. */
export const parseConfiguration = ({ configurationJson }: StoredTaskforce): TaskforceConfiguration =>
  JSON.parse(configurationJson) as TaskforceConfiguration;
