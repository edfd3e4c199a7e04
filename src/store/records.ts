import { type TaskforceUuid, taskOf, workflowOf } from "../domain/ids.js";
import type { Phase, PhaseChange, Source } from "../domain/phases.js";
import type { TaskDirective } from "../domain/taskDirective.js";
import { buildUnstartedTaskforce, type SubmitReport, type Taskforce } from "../domain/taskforce.js";
import type { Workflow } from "../domain/workflow.js";
import type { RecordByKind } from "./repositories.js";

/** A workflow's record. */
export type WorkflowRecord = RecordByKind["workflow"];
/** A task directive's record, which never changes. */
export type TaskRecord = RecordByKind["task"];
/** A taskforce's record. Its id is not among the fields. */
export type TaskforceRecord = RecordByKind["taskforce"];
/** The fields that the taskforces of one task share, often with those of other workflows. */
export type TaskforceConfiguration = Pick<Taskforce, "pilot_config" | "worker_config">;

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
export const phaseChanges = ({ log }: Pick<TaskforceRecord, "log">): PhaseChange[] =>
  parseLog(log).map((tuple) => ({
    target_phase: decodeText(tuple[1]),
    timestamp: tuple[0],
    was_successful: tuple[2] === 1,
    source_event_time: tuple[3],
    source_entity: decodeText(tuple[4]),
    context: decodeText(tuple[5]),
  }));

const parseLog = (log: string): PhaseLogTuple[] => JSON.parse(`[${log}]`) as PhaseLogTuple[];

/** A log as JSON text: as {@link phaseChanges}, at a third of the cost. */
export const phaseLogJson = (log: string): string =>
  `[${parseLog(log)
    .map(
      ([time, target, ok, eventTime, source, context]) =>
        `{"target_phase":${decodeJson(target)},"timestamp":${time},"was_successful":${ok === 1},` +
        `"source_event_time":${eventTime},"source_entity":${decodeJson(source)},"context":${decodeJson(context)}}`,
    )
    .join()}]`;

/** Epoch seconds at which a taskforce was created: its log begins with them, unless the record has another time. */
export const creationTime = ({ log, created }: Pick<TaskforceRecord, "log" | "created">): number =>
  created === undefined ? Number.parseFloat(log.slice(1)) : Number(created);

/** The context of the newest entry of a taskforce's log. */
export const latestContext = (record: TaskforceRecord): string => phaseChanges(record).at(-1)?.context ?? "";

/** A new workflow's record. @param queueCount the number of its message queues; without any, they count as active */
export function toWorkflowRecord(workflow: Workflow, queueCount: number): WorkflowRecord {
  const { deactivated: _, deactivated_ts: __, ...rest } = workflow;
  return { doc: JSON.stringify(rest), n_queues: queueCount, ...(queueCount === 0 && { mq_activated: 1 }) };
}

/** A workflow in its state at creation. */
export const workflowAsCreated = ({ doc }: WorkflowRecord): Workflow => ({
  ...(JSON.parse(doc) as Omit<Workflow, "deactivated" | "deactivated_ts">),
  deactivated: null,
  deactivated_ts: null,
});

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
  since: JSON.stringify(taskforce.phase_change_log.at(-1)?.timestamp ?? taskforce.timestamp),
  log: taskforce.phase_change_log
    .map(encodeLogEntry)
    .map(({ timestampJson, restJson }) => `[${timestampJson}${restJson}`)
    .join(),
  n_workers: taskforce.n_workers,
});

/** The stored part of a condor-submit report: members of a JSON object. */
export const submissionJsonMembers = (report: Pick<SubmitReport, "submit_dict" | "job_event_log_fpath">): string =>
  `"submit_dict":${JSON.stringify(report.submit_dict)},"job_event_log_fpath":${JSON.stringify(report.job_event_log_fpath)}`;

/** The same before condor-submit. */
export const EMPTY_SUBMISSION = submissionJsonMembers({ submit_dict: {}, job_event_log_fpath: "" });

/** The entry of the creation. */
function firstEntry([created]: readonly PhaseChange[]): PhaseChange {
  if (created === undefined) throw new Error("the taskforce has no log");
  return created;
}

/** A taskforce in its state at creation. @param n_workers of the request: a TMS report replaces the stored number */
export function taskforceAsCreated(stored: StoredTaskforce, n_workers: number): Taskforce {
  const { uuid, schedd, priority } = stored;
  const created = firstEntry(phaseChanges(stored));
  const identity = { taskforce_uuid: uuid, task_id: taskOf(uuid), workflow_id: workflowOf(uuid) };
  const fields = { timestamp: created.timestamp, priority, schedd, n_workers, ...parseConfiguration(stored) };
  return buildUnstartedTaskforce({ ...identity, ...fields }, created);
}

/** The configuration of a stored taskforce. */
export const parseConfiguration = ({ configurationJson }: StoredTaskforce): TaskforceConfiguration =>
  JSON.parse(configurationJson) as TaskforceConfiguration;

/** A log entry in the two pieces that scripts expect: the time, and the rest. */
export interface PhaseLogEntry {
  timestampJson: string;
  restJson: string;
  /**
   * Called with the taskforces of one workflow whose log got the entry, and with their previous phase if it is known.
   * Not called when nothing changed.
   */
  onRecorded?: (taskforces: readonly TaskforceUuid[], from?: Phase) => void;
}

type PhaseLogTuple = [
  time: number,
  target: EncodedText<Phase>,
  ok: 0 | 1,
  eventTime: number | null,
  source: EncodedText<Source>,
  context: EncodedText,
];

/** Encodes a change for scripts. Times are epoch seconds. */
export function encodeLogEntry(change: PhaseChange): PhaseLogEntry {
  const { timestamp, target_phase, was_successful, source_event_time, source_entity, context } = change;
  const [target, source, reason] = [target_phase, source_entity, context].map(encodeText);
  const rest = JSON.stringify([target, was_successful ? 1 : 0, source_event_time, source, reason]);
  return { timestampJson: JSON.stringify(timestamp), restJson: `,${rest.slice(1)}` };
}

/**
 * Texts of log entries. Stored as numbers they take a third of the memory; logs would otherwise be the largest part of
 * it. The number of a text is its index. Stored data holds these numbers: append new texts, and never remove or move
 * one. A reworded text is a new text.
 */
export const LOG_DICTIONARY: readonly string[] = [
  "pre-mq-activation",
  "pre-launch",
  "pending-starter",
  "condor-submit",
  "pending-stopper",
  "condor-rm",
  "condor-complete",
  "USER",
  "TMS",
  "User",
  "Workflow MQ Activator",
  "Taskforce Launch Control",
  "Operator",
  "Created during initial workflow request.",
  "Created when adding more workers for this task directive.",
  "The message queues are active.",
  "Ready to be started.",
  "HTCondor submission succeeded.",
  "Submitted, but the workflow was deactivated meanwhile: to be stopped.",
  "Workflow aborted by user.",
  "Workflow aborted by user. The taskforce was already ending or finished.",
  "Workflow finished by user.",
  "Workflow finished by user. The taskforce was already ending or finished.",
  "HTCondor removal succeeded.",
  "The taskforce has already completed.",
  "HTCondor cluster completed.",
];

/** The number of a text in the dictionary; any other text unchanged. */
export type EncodedText<T extends string = string> = T | number;

const NUMBER_BY_TEXT: ReadonlyMap<string, number> = new Map(LOG_DICTIONARY.map((word, number) => [word, number]));

/** The stored form of a text. */
export const encodeText = <T extends string>(text: T): EncodedText<T> => NUMBER_BY_TEXT.get(text) ?? text;

const JSON_OF_NUMBER = LOG_DICTIONARY.map((text) => JSON.stringify(text));

/** The text of a stored form, as JSON. @throws as {@link decodeText} */
const decodeJson = (encoded: EncodedText): string =>
  (typeof encoded === "number" ? JSON_OF_NUMBER[encoded] : undefined) ?? JSON.stringify(decodeText(encoded));

/** The text of a stored form. @throws RangeError for a number of a later release */
export function decodeText<T extends string>(encoded: EncodedText<T>): T {
  if (typeof encoded === "string") return encoded;
  const text = LOG_DICTIONARY[encoded];
  if (text === undefined) throw new RangeError(`the phase log has word ${encoded}, which this release does not know`);
  return text as T;
}
