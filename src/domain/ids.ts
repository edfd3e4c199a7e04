import { randomBytes } from "node:crypto";

/** `WF-<hex epoch seconds>-<8 hex>` */
export type WorkflowId = string & { readonly __brand: "WorkflowId" };
/** `TK-<workflow id without WF->-<8 hex>` */
export type TaskId = string & { readonly __brand: "TaskId" };
/** `TF-<task id without TK->-<8 hex>` */
export type TaskforceUuid = string & { readonly __brand: "TaskforceUuid" };

/** Suffixes come from a pool of random bytes, because one call of randomBytes takes longer than the rest of an id. */
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
/** The part of a task or of a taskforce; the longer one is an early id (`earlyIds.ts`). */
const PART = `(?:${HEX}{8}|${HEX}{32})`;
const WORKFLOW_PATTERN = new RegExp(`^WF-${HEX}+-${HEX}{8}$`);
const TASK_PATTERN = new RegExp(`^TK-${HEX}+-${HEX}{8}-${PART}$`);
const TASKFORCE_PATTERN = new RegExp(`^TF-${HEX}+-${HEX}{8}-${PART}-${PART}$`);

/** Creates a workflow id. @param epochSeconds creation time */
export const newWorkflowId = (epochSeconds: number): WorkflowId =>
  `WF-${Math.floor(epochSeconds).toString(16)}-${nextSuffix()}` as WorkflowId;

/** Creates a task id, which contains the workflow's id. */
export const newTaskId = (workflow: WorkflowId): TaskId => `TK-${workflow.slice(3)}-${nextSuffix()}` as TaskId;

/** Creates distinct task ids of one workflow: of 20,000 random suffixes, two collide with a probability of 5 %. */
export function newTaskIds(workflow: WorkflowId, count: number): TaskId[] {
  const ids = new Set<TaskId>();
  while (ids.size < count) ids.add(newTaskId(workflow));
  return [...ids];
}

/** Creates a taskforce uuid, which contains the ids of its task and workflow. */
export const newTaskforceUuid = (task: TaskId): TaskforceUuid => `TF-${task.slice(3)}-${nextSuffix()}` as TaskforceUuid;

/** Whether a text has the format of an id under which this service stores an entity. */
export const isWorkflowId = (text: string): text is WorkflowId => WORKFLOW_PATTERN.test(text);
/** @see isWorkflowId */
export const isTaskId = (text: string): text is TaskId => TASK_PATTERN.test(text);
/** @see isWorkflowId */
export const isTaskforceUuid = (text: string): text is TaskforceUuid => TASKFORCE_PATTERN.test(text);

/** Computes the workflow of a task or taskforce from its id. */
export const workflowOf = (id: TaskId | TaskforceUuid): WorkflowId =>
  `WF-${id.slice(3, id.indexOf("-", id.indexOf("-", 3) + 1))}` as WorkflowId;

/** Computes the task of a taskforce from its uuid. */
export const taskOf = (uuid: TaskforceUuid): TaskId => `TK-${uuid.slice(3, uuid.lastIndexOf("-"))}` as TaskId;
