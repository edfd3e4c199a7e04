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

test("ids have the documented formats, and contain the ids of their parents", () => {
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

test("other texts are not ids", () => {
  const workflow = newWorkflowId(1_700_000_000);
  for (const text of ["", "WF-", "WF-1", `${workflow}x`, workflow.toUpperCase(), `${workflow}\n`, "__proto__"])
    expect([isWorkflowId(text), isTaskId(text), isTaskforceUuid(text)]).toEqual([false, false, false]);
  expect(isWorkflowId(workflow)).toBe(true);
  expect(isTaskId(workflow)).toBe(false);
});

test("the task ids of a large workflow are distinct", () => {
  const workflow = newWorkflowId(1_700_000_000);
  // In this many random 32-bit numbers, ten pairs collide on average.
  expect(new Set(newTaskIds(workflow, 300_000)).size).toBe(300_000);
});

test("the random parts of ids differ", () => {
  const task = newTaskId(newWorkflowId(1_700_000_000));
  // In this many random 32-bit numbers, a pair collides with a probability of 1 in 20,000.
  const uuids = Array.from({ length: 650 }, () => newTaskforceUuid(task));
  expect(new Set(uuids).size).toBe(650);
});
