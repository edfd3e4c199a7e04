import { expect, test } from "vitest";
import {
  isTaskforceUuid,
  isTaskId,
  isWorkflowId,
  newTaskforceUuid,
  newTaskId,
  newTaskIds,
  newWorkflowId,
  taskOf,
  workflowOf,
} from "../../src/domain/ids.js";

test("ids have the shapes that clients know, and carry their parents'", () => {
  const workflow = newWorkflowId(1_700_000_000.75);
  const task = newTaskId(workflow);
  const taskforce = newTaskforceUuid(task);
  expect(workflow).toMatch(/^WF-6553f100-[0-9a-f]{8}$/);
  expect(task).toMatch(new RegExp(`^TK-${workflow.slice(3)}-[0-9a-f]{8}$`));
  expect(taskforce).toMatch(new RegExp(`^TF-${task.slice(3)}-[0-9a-f]{8}$`));
  expect(workflowOf(task)).toBe(workflow);
  expect(workflowOf(taskforce)).toBe(workflow);
  expect(taskOf(taskforce)).toBe(task);
});

test("text that this service never issued is no id", () => {
  const workflow = newWorkflowId(1_700_000_000);
  for (const text of ["", "WF-", "WF-1", `${workflow}x`, workflow.toUpperCase(), `${workflow}\n`, "__proto__"])
    expect([isWorkflowId(text), isTaskId(text), isTaskforceUuid(text)]).toEqual([false, false, false]);
  expect(isWorkflowId(workflow)).toBe(true);
  expect(isTaskId(workflow)).toBe(false);
});

test("the ids of a workflow's tasks are all different, however many there are", () => {
  const workflow = newWorkflowId(1_700_000_000);
  // Of so many 32-bit numbers some are alike: ten pairs on the average.
  expect(new Set(newTaskIds(workflow, 300_000)).size).toBe(300_000);
});

test("no two ids share their random part", () => {
  const task = newTaskId(newWorkflowId(1_700_000_000));
  // Of so few 32-bit numbers two are alike once in twenty thousand times.
  const uuids = Array.from({ length: 650 }, () => newTaskforceUuid(task));
  expect(new Set(uuids).size).toBe(650);
});
