import { randomBytes } from "node:crypto";

/** `WF-<hex epoch seconds>-<8 hex>` */
export type WorkflowId = string & { readonly __brand: "WorkflowId" };
/** `TK-<workflow id without WF->-<8 hex>` */
export type TaskId = string & { readonly __brand: "TaskId" };
/** `TF-<task id without TK->-<8 hex>` */
export type TaskforceUuid = string & { readonly __brand: "TaskforceUuid" };

/** Bytes of a suffix, and of many of them: to draw each by itself takes longer than all the rest of an id. */
const SUFFIX_BYTES = 4;
const POOL_BYTES = 1024 * SUFFIX_BYTES;

let randomPool = Buffer.alloc(0);
let usedBytes = 0;

function nextSuffix(): string {
  if (usedBytes === randomPool.length) {
    randomPool = randomBytes(POOL_BYTES);
    usedBytes = 0;
  }
  usedBytes += SUFFIX_BYTES;
  return randomPool.toString("hex", usedBytes - SUFFIX_BYTES, usedBytes);
}

const HEX = "[0-9a-f]";
const WORKFLOW_PATTERN = new RegExp(`^WF-${HEX}+-${HEX}{8}$`);
const TASK_PATTERN = new RegExp(`^TK-${HEX}+-${HEX}{8}-${HEX}{8}$`);
const TASKFORCE_PATTERN = new RegExp(`^TF-${HEX}+-${HEX}{8}-${HEX}{8}-${HEX}{8}$`);

/** A new workflow id. @param epochSeconds creation time */
export const newWorkflowId = (epochSeconds: number): WorkflowId =>
  `WF-${Math.floor(epochSeconds).toString(16)}-${nextSuffix()}` as WorkflowId;

/** A new task id that carries its workflow's. */
export const newTaskId = (workflow: WorkflowId): TaskId => `TK-${workflow.slice(3)}-${nextSuffix()}` as TaskId;

/** New task ids of one workflow, all different: among 20,000 of 32 random bits two are alike once in twenty times. */
export function newTaskIds(workflow: WorkflowId, count: number): TaskId[] {
  const ids = new Set<TaskId>();
  while (ids.size < count) ids.add(newTaskId(workflow));
  return [...ids];
}

/** A new taskforce uuid that carries its task's id, and so its workflow's. */
export const newTaskforceUuid = (task: TaskId): TaskforceUuid => `TF-${task.slice(3)}-${nextSuffix()}` as TaskforceUuid;

/** Narrows text of any origin; false for what this service can never have issued. */
export const isWorkflowId = (text: string): text is WorkflowId => WORKFLOW_PATTERN.test(text);
/** @see isWorkflowId */
export const isTaskId = (text: string): text is TaskId => TASK_PATTERN.test(text);
/** @see isWorkflowId */
export const isTaskforceUuid = (text: string): text is TaskforceUuid => TASKFORCE_PATTERN.test(text);

/** The workflow that a task or taskforce belongs to: computed from the id, never looked up. */
export const workflowOf = (id: TaskId | TaskforceUuid): WorkflowId =>
  `WF-${id.split("-", 3).slice(1).join("-")}` as WorkflowId;

/** The task that a taskforce belongs to. */
export const taskOf = (uuid: TaskforceUuid): TaskId => `TK-${uuid.split("-", 4).slice(1).join("-")}` as TaskId;
