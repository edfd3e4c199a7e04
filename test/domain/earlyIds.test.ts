import { describe, expect, test } from "vitest";
import {
  earlyIdOf,
  isEarlyId,
  showEarlyIds,
  storedWorkflowId,
  taskforceUuidOfEarly,
  taskIdOfEarly,
  workflowIdOfEarly,
} from "../../src/domain/earlyIds.js";
import {
  isTaskforceUuid,
  isTaskId,
  isWorkflowId,
  newTaskforceUuid,
  newTaskId,
  newWorkflowId,
  taskOf,
  workflowOf,
} from "../../src/domain/ids.js";
import { partitionOf } from "../../src/store/keys.js";

const [WORKFLOW, TASK, TASKFORCE] = ["1a", "2b", "3c"].map((digits) => digits.repeat(16)) as [string, string, string];
const workflow = workflowIdOfEarly(WORKFLOW);
const task = taskIdOfEarly(WORKFLOW, TASK);
const taskforce = taskforceUuidOfEarly(WORKFLOW, TASK, TASKFORCE);

test("stored ids of early ones have the usual form and contain the id of their workflow", () => {
  expect([isWorkflowId(workflow), isTaskId(task), isTaskforceUuid(taskforce)]).toEqual([true, true, true]);
  expect([workflowOf(task), workflowOf(taskforce), taskOf(taskforce)]).toEqual([workflow, workflow, task]);
  expect(new Set([workflow, task, taskforce].map((id) => partitionOf(id, 4096))).size).toBe(1);
});

test.each([
  ["a workflow", workflow, WORKFLOW],
  ["a task directive", task, TASK],
  ["a taskforce", taskforce, TASKFORCE],
])("the early id of %s is shown", (_, stored, early) => {
  expect(earlyIdOf(stored)).toBe(early);
  expect(showEarlyIds(`{"a":"${stored}","b":["${stored}"],"${stored}":1}`)).toBe(
    `{"a":"${early}","b":["${early}"],"${early}":1}`,
  );
  expect(showEarlyIds(`no entity found with id: ${stored}`)).toBe(`no entity found with id: ${early}`);
});

describe("other ids stay as they are", () => {
  const issued = newWorkflowId(1_700_000_000);
  const issuedTask = newTaskId(issued);
  test.each([
    ["a workflow", issued],
    ["a task directive", issuedTask],
    ["a taskforce", newTaskforceUuid(issuedTask)],
    ["a taskforce that was added to a task with an early id", newTaskforceUuid(task)],
    ["a longer text", `${workflow}0`],
    ["a workflow with an early id in the place of a task", `${workflow}-${TASK}-00000000`],
  ])("%s", (_, id) => {
    expect(showEarlyIds(id)).toBe(id);
  });
  test("a workflow of this service has no early id", () => {
    expect([earlyIdOf(issued), storedWorkflowId(issued)]).toEqual([undefined, issued]);
  });
});

test("an early id has 32 hexadecimal digits", () => {
  expect([WORKFLOW, WORKFLOW.toUpperCase(), WORKFLOW.slice(1), `${WORKFLOW}0`, workflow].map(isEarlyId)).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
  expect(storedWorkflowId(WORKFLOW)).toBe(workflow);
});
