import type { TaskforceUuid } from "../domain/ids.js";
import type { Phase, PhaseChange, Source } from "../domain/phases.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import type { Taskforce } from "../domain/taskforce.js";
import type { Deactivation, Workflow } from "../domain/workflow.js";

/*
 * How entities lie in Redis: the few fields that scripts change are hash fields of their own, all the rest is one field
 * `doc` of JSON text. This file alone knows both shapes. Absent fields stand for null, {} and "".
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

/** A taskforce's record; `scripts/prelude.lua` explains the fields that scripts change. */
export interface TaskforceRecord {
  doc: string;
  schedd: string;
  priority: number;
  phase: Phase;
  since: string;
  log: string;
  n_workers: number;
  cluster_id?: number;
  submit_dict?: string;
  job_event_log_fpath?: string;
  compound_statuses?: string;
  top_task_errors?: string;
  /** Epoch seconds of the newest report of statuses or errors. */
  statuses_ts?: string;
  submit_failures?: number;
  remove_failures?: number;
}

/** A log entry as scripts take it: the time, and everything behind it. */
export interface LogEntry {
  now: string;
  rest: string;
  /**
   * Told of the taskforces of one workflow that a script has appended the entry to, and the phase they were in where that is
   * known. Not told of what changed nothing.
   */
  recorded?: (taskforces: readonly TaskforceUuid[], from?: Phase) => void;
}

type LogTuple = [
  time: number,
  target: Phase,
  ok: 0 | 1,
  eventTime: number | null,
  source: Source,
  context: string,
];

/** @param change times are epoch seconds */
export function logEntry(change: PhaseChange): LogEntry {
  const { timestamp, target_phase, was_successful, source_event_time, source_entity, context } = change;
  const rest = JSON.stringify([
    target_phase,
    was_successful ? 1 : 0,
    source_event_time,
    source_entity,
    context,
  ]);
  return { now: JSON.stringify(timestamp), rest: `,${rest.slice(1)}` };
}

const storedLog = (changes: readonly PhaseChange[]): string =>
  changes
    .map(logEntry)
    .map(({ now, rest }) => `[${now}${rest}`)
    .join(",");

function shownLog(log: string): PhaseChange[] {
  return (JSON.parse(`[${log}]`) as LogTuple[]).map((tuple) => ({
    target_phase: tuple[1],
    timestamp: tuple[0],
    was_successful: tuple[2] === 1,
    source_event_time: tuple[3],
    source_entity: tuple[4],
    context: tuple[5],
  }));
}

/** A taskforce's log, oldest entry first. */
export const phaseChanges = (record: TaskforceRecord): PhaseChange[] => shownLog(record.log);

/** What the newest entry of a taskforce's log says. */
export const newestContext = (record: TaskforceRecord): string => shownLog(record.log).at(-1)?.context ?? "";

/** Joins the text of two JSON objects: cheaper than parsing both to print them again. */
const splice = (object: string, members: string): string => `${object.slice(0, -1)},${members}}`;

/** A new workflow's record. @param queues how many message queues it has */
export function workflowRecord(workflow: Workflow, queues: number): WorkflowRecord {
  const { deactivated: _, deactivated_ts: __, ...rest } = workflow;
  return { doc: JSON.stringify(rest), n_queues: queues };
}

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

/** A new taskforce's record. */
export function taskforceRecord(taskforce: Taskforce): TaskforceRecord {
  const {
    taskforce_uuid,
    task_id,
    workflow_id,
    timestamp,
    priority,
    collector,
    schedd,
    pilot_config,
    worker_config,
  } = taskforce;
  return {
    doc: JSON.stringify({
      taskforce_uuid,
      task_id,
      workflow_id,
      timestamp,
      priority,
      collector,
      schedd,
      pilot_config,
      worker_config,
    }),
    schedd,
    priority,
    phase: taskforce.phase,
    since: JSON.stringify(timestamp),
    log: storedLog(taskforce.phase_change_log),
    n_workers: taskforce.n_workers,
  };
}

/** A taskforce as JSON text. */
export function taskforceText(record: TaskforceRecord): string {
  return splice(
    record.doc,
    `"n_workers":${record.n_workers},"cluster_id":${record.cluster_id ?? null},` +
      `"submit_dict":${record.submit_dict ?? "{}"},"job_event_log_fpath":${JSON.stringify(record.job_event_log_fpath ?? "")},` +
      `"phase":"${record.phase}","phase_change_log":${JSON.stringify(shownLog(record.log))},` +
      `"compound_statuses":${record.compound_statuses ?? "{}"},"top_task_errors":${record.top_task_errors ?? "{}"}`,
  );
}

/** What never changes of a taskforce. */
export type TaskforceDoc = Pick<
  Taskforce,
  "task_id" | "workflow_id" | "timestamp" | "priority" | "schedd" | "pilot_config" | "worker_config"
> & { taskforce_uuid: TaskforceUuid };

/** Reads it from a record. */
export const taskforceDoc = (record: TaskforceRecord): TaskforceDoc => JSON.parse(record.doc) as TaskforceDoc;
