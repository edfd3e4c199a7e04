import type { TaskforceUuid, TaskId, WorkflowId } from "./ids.js";

/*
 * Early versions of the existing service issued ids of 32 hexadecimal digits, from which the workflow of a task or taskforce
 * does not follow. Such an entity is stored under an id of the usual form that holds the early ids:
 *
 *   WF-0<workflow>-00000000
 *   TK-0<workflow>-00000000-<task>
 *   TF-0<workflow>-00000000-<task>-<taskforce>
 *
 * No issued id has a zero at this place, because a time in hexadecimal digits begins with another one. Clients send and
 * receive the early ids.
 */

const EARLY_PATTERN = /^[0-9a-f]{32}$/;
const EARLY_LENGTH = 32;
/** Stands for the random part of a workflow's id. It is in each stored id of this form. */
const MARK = "-00000000";
const STORED_PATTERN =
  /\b(?:WF-0|TK-0[0-9a-f]{32}-0{8}-|TF-0[0-9a-f]{32}-0{8}-[0-9a-f]{32}-)([0-9a-f]{32})(?:-0{8})?(?![-0-9a-f])/g;

/** Whether a text has the format of an early id. */
export const isEarlyId = (text: string): boolean => text.length === EARLY_LENGTH && EARLY_PATTERN.test(text);

/** The id under which the workflow of an early id is stored. */
export const workflowIdOfEarly = (workflow: string): WorkflowId => `WF-0${workflow}${MARK}` as WorkflowId;

/** The id under which the task directive of an early id is stored. */
export const taskIdOfEarly = (workflow: string, task: string): TaskId => `TK-0${workflow}${MARK}-${task}` as TaskId;

/** The uuid under which the taskforce of an early uuid is stored. */
export const taskforceUuidOfEarly = (workflow: string, task: string, taskforce: string): TaskforceUuid =>
  `TF-0${workflow}${MARK}-${task}-${taskforce}` as TaskforceUuid;

/** The id under which a workflow is stored. @param text its id, also an early one */
export const storedWorkflowId = (text: string): string => (isEarlyId(text) ? workflowIdOfEarly(text) : text);

/** Replaces the stored ids in a text, such as JSON, by the early ids. */
export const showEarlyIds = (text: string): string => (text.includes(MARK) ? text.replace(STORED_PATTERN, "$1") : text);

/** The early id of an entity; undefined for an id that this service or a later version issued. */
export function earlyIdOf(id: WorkflowId | TaskId | TaskforceUuid): string | undefined {
  const shown = showEarlyIds(id);
  return shown === id ? undefined : shown;
}
