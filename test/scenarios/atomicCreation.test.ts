import { afterAll, beforeAll, expect, test } from "vitest";
import type { TaskDirective } from "../../src/domain/taskDirective.js";
import type { Taskforce } from "../../src/domain/taskforce.js";
import { makeTaskRequestAt, type ServiceScenario, startServiceScenario } from "./serviceScenario.js";

let scenario: ServiceScenario;
beforeAll(async () => {
  scenario = await startServiceScenario();
});
afterAll(() => scenario.close());

/** Far more than the records of one transaction. */
const TASK_COUNT = 1500;

async function find<T>(kind: string, list: string, query: object): Promise<T[]> {
  const { status, body } = await scenario.request<Record<string, T[]>>("POST", `/v1/query/${kind}`, {
    query,
  });
  expect(status).toBe(200);
  return body[list] ?? [];
}

test("a large workflow becomes visible in one step, and the response contains all of it", async () => {
  const { location, schedd } = scenario.nextAccessPoint();
  const tasks = Array.from({ length: TASK_COUNT }, (_, n) =>
    makeTaskRequestAt([location], { task_args: `größer ${n}` }),
  );
  const seen = new Set<number>();
  const look = async () => {
    for (const found of await Promise.all([
      find<Taskforce>("taskforces", "taskforces", { schedd }),
      find<Taskforce>("taskforces", "taskforces", {}),
      find<TaskDirective>("task-directives", "task_directives", {}),
    ]))
      seen.add(found.length);
  };
  let answered = false;
  const creating = scenario.submitWorkflow(tasks).finally(() => {
    answered = true;
  });
  while (!answered) await look();
  const { workflow, task_directives } = await creating;
  await look();
  expect([...seen].sort((a, b) => a - b)).toEqual([0, TASK_COUNT]);

  expect(task_directives.map(({ task_args }) => task_args)).toEqual(tasks.map(({ task_args }) => task_args));
  const { workflow_id } = workflow;
  const found = await find<TaskDirective>("task-directives", "task_directives", { workflow_id });
  const byId = (a: TaskDirective, b: TaskDirective) => (a.task_id < b.task_id ? -1 : 1);
  expect(found.sort(byId)).toEqual(task_directives.sort(byId));
});
