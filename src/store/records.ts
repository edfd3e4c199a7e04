import { type TaskforceUuid, taskOf, workflowOf } from "../domain/ids.js";
import type { Phase, PhaseChange } from "../domain/phases.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import { type SubmitReport, type Taskforce, unstarted } from "../domain/taskforce.js";
import type { Deactivation, Workflow } from "../domain/workflow.js";
import type { Configuration } from "./configurations.js";
import { logText, parseLog } from "./phaseLog.js";

/*
 * How entities lie in Redis: what scripts need are hash fields of their own, all the rest is JSON text that is spliced into
 * answers. This file alone knows both shapes. Absent fields stand for null, {} and "".
 */

/** A workflow's record. Numbers of seconds are epoch seconds. */
export interface WorkflowRecord {
  doc: string;
  deactivated?: Deactivation;
  deactivated_ts?: number;
  /** 1 once the MQS activated the queues. */
  mq_activated?: number;
  /** The number of message queues; without any the MQS is not asked. */
  n_queues: number;
}

/** A task directive's record: it never changes. */
export interface TaskRecord {
  doc: string;
}

/** A taskforce's record; `scripts/prelude.lua` explains the fields that scripts change. What its id tells is not in it. */
export interface TaskforceRecord {
  /** The digest of its configuration. */
  configuration: string;
  schedd: string;
  priority: number;
  phase: Phase;
  since: string;
  log: string;
  n_workers: number;
  cluster_id?: number;
  /** What condor-submit reported, as {@link submissionText}. */
  submission?: string;
  compound_statuses?: string;
  top_task_errors?: string;
  /** Epoch seconds of the newest report of statuses or errors. */
  statuses_ts?: string;
  submit_failures?: number;
  remove_failures?: number;
}

/** A taskforce's record as it was read, and what it does not say itself. */
export interface StoredTaskforce extends TaskforceRecord {
  uuid: TaskforceUuid;
  /** Its {@link Configuration} as JSON text. */
  configurationText: string;
}

/** A taskforce's log, oldest entry first. */
export const phaseChanges = (record: TaskforceRecord): PhaseChange[] => parseLog(record.log);

/** What the newest entry of a taskforce's log says. */
export const newestContext = (record: TaskforceRecord): string => phaseChanges(record).at(-1)?.context ?? "";

/** Joins the text of two JSON objects: cheaper than parsing both to print them again. */
const splice = (object: string, members: string): string => `${object.slice(0, -1)},${members}}`;

/** A new workflow's record. @param queues how many message queues it has */
export function workflowRecord(workflow: Workflow, queues: number): WorkflowRecord {
  const { deactivated: _, deactivated_ts: __, ...rest } = workflow;
  return { doc: JSON.stringify(rest), n_queues: queues };
}

/** A workflow as it was when it was created. */
export const workflowAsCreated = ({ doc }: WorkflowRecord): Workflow => ({
  ...(JSON.parse(doc) as Omit<Workflow, "deactivated" | "deactivated_ts">),
  deactivated: null,
  deactivated_ts: null,
});

/** A workflow as JSON text. */
export function workflowText(record: WorkflowRecord): string {
  const { deactivated, deactivated_ts } = record;
  const why = deactivated === undefined ? "null" : JSON.stringify(deactivated);
  return splice(record.doc, `"deactivated":${why},"deactivated_ts":${deactivated_ts ?? null}`);
}

/** A task directive's record. */
export const taskRecord = (directive: TaskDirective): TaskRecord => ({ doc: JSON.stringify(directive) });

/** A task directive as JSON text. */
export const taskText = (record: TaskRecord): string => record.doc;

/** A new taskforce's record. @param configuration its digest */
export const taskforceRecord = (taskforce: Taskforce, configuration: string): TaskforceRecord => ({
  configuration,
  schedd: taskforce.schedd,
  priority: taskforce.priority,
  phase: taskforce.phase,
  since: JSON.stringify(taskforce.timestamp),
  log: logText(taskforce.phase_change_log),
  n_workers: taskforce.n_workers,
});

/** What a condor-submit report leaves, as it is stored: members of a JSON object. */
export const submissionText = (report: Pick<SubmitReport, "submit_dict" | "job_event_log_fpath">): string =>
  `"submit_dict":${JSON.stringify(report.submit_dict)},"job_event_log_fpath":${JSON.stringify(report.job_event_log_fpath)}`;

const NOT_SUBMITTED = submissionText({ submit_dict: {}, job_event_log_fpath: "" });

/** A taskforce as JSON text. */
export function taskforceText(stored: StoredTaskforce): string {
  const { uuid, schedd, priority, cluster_id, compound_statuses, top_task_errors } = stored;
  const log = phaseChanges(stored);
  return (
    `{"taskforce_uuid":"${uuid}","task_id":"${taskOf(uuid)}","workflow_id":"${workflowOf(uuid)}",` +
    `"timestamp":${createdAt(log)},"priority":${priority},"collector":null,"schedd":${JSON.stringify(schedd)},` +
    `"n_workers":${stored.n_workers},${stored.configurationText.slice(1, -1)},` +
    `"cluster_id":${cluster_id ?? null},${stored.submission ?? NOT_SUBMITTED},` +
    `"phase":"${stored.phase}","phase_change_log":${JSON.stringify(log)},` +
    `"compound_statuses":${compound_statuses ?? "{}"},"top_task_errors":${top_task_errors ?? "{}"}}`
  );
}

/** A taskforce was created when its log began. */
const createdAt = ([created]: readonly PhaseChange[]): number => {
  if (created === undefined) throw new Error("a taskforce without a log");
  return created.timestamp;
};

/** A taskforce as it was when it was created. @param n_workers which a report of the TMS replaces */
export function taskforceAsCreated(stored: StoredTaskforce, n_workers: number): Taskforce {
  const { uuid, schedd, priority } = stored;
  const [created] = phaseChanges(stored);
  if (created === undefined) throw new Error("a taskforce without a log");
  const identity = { taskforce_uuid: uuid, task_id: taskOf(uuid), workflow_id: workflowOf(uuid) };
  const { timestamp } = created;
  return unstarted(
    { ...identity, timestamp, priority, schedd, n_workers, ...configurationOf(stored) },
    created,
  );
}

/** What a taskforce has in common with others. */
export const configurationOf = ({ configurationText }: StoredTaskforce): Configuration =>
  JSON.parse(configurationText) as Configuration;
