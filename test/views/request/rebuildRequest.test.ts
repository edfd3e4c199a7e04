import { expect, it } from "vitest";
import { createWorkflowSchema } from "../../../src/domain/requestSchemas.js";
import { newTaskforce } from "../../../src/lifecycle/create.js";
import { createWholeWorkflow, type WholeWorkflow } from "../../../src/store/creation.js";
import { rebuildRequest } from "../../../src/views/request/rebuildRequest.js";
import { countCommands } from "../../implementation/countCommands.js";
import { openTestWms } from "../../lifecycle/openTestWms.js";
import { makeWholeWorkflow } from "../../store/wholeWorkflow.js";

/** A workflow of one task with a number of taskforces. */
function withTaskforces(count: number): WholeWorkflow {
  const whole = makeWholeWorkflow(1);
  const [first] = whole.taskforces;
  if (first === undefined) throw new Error("no taskforce");
  const more = Array.from({ length: count - 1 }, () =>
    newTaskforce({ ...first, source_entity: "USER", context: "Created during initial workflow request." }),
  );
  return { ...whole, taskforces: [first, ...more] };
}

it("reads as much for a task of 400 taskforces as for one", async () => {
  const { redis, wms } = await openTestWms(4);
  const counts: number[] = [];
  // The first read also loads a script into Redis.
  for (const taskforces of [1, 1, 400]) {
    const whole = withTaskforces(taskforces);
    await createWholeWorkflow(wms.store, whole, 0);
    const count = countCommands(redis);
    const { tasks } = await rebuildRequest(wms, whole.workflow.workflow_id);
    expect(tasks).toHaveLength(1);
    counts.push(count());
  }
  expect(counts[2]).toBe(counts[1]);
});

it("keeps the order of 250 tasks, which it reads in batches", async () => {
  const { wms } = await openTestWms(4);
  const whole = makeWholeWorkflow(250);
  const task_directives = whole.task_directives.map((task, n) => ({
    ...task,
    task_args: `part ${n}`,
    timestamp: task.timestamp + n,
  }));
  await createWholeWorkflow(wms.store, { ...whole, task_directives }, 0);
  const { tasks } = await rebuildRequest(wms, whole.workflow.workflow_id);
  expect(tasks.map(({ task_args }) => task_args)).toEqual(task_directives.map(({ task_args }) => task_args));
});

it("leaves out the variables that a creation refuses, which the existing service stored", async () => {
  const { wms } = await openTestWms(1);
  const whole = makeWholeWorkflow(1);
  const taskforces = whole.taskforces.map((taskforce) => ({
    ...taskforce,
    pilot_config: {
      ...taskforce.pilot_config,
      environment: { EWMS_PILOT_TASK_IMAGE: "image", EWMS_PILOT_INIT_ENV_JSON: "{}", EWMS_PILOT_TASK_TIMEOUT: 60 },
    },
  }));
  await createWholeWorkflow(wms.store, { ...whole, taskforces }, 0);
  const request = await rebuildRequest(wms, whole.workflow.workflow_id);
  expect(request.tasks[0]?.pilot_config?.environment).toEqual({ EWMS_PILOT_TASK_TIMEOUT: 60 });
  expect(createWorkflowSchema.parse(request)).toEqual(request);
});

it("names a task without a taskforce", async () => {
  const { wms } = await openTestWms(1);
  const whole = makeWholeWorkflow(1);
  await createWholeWorkflow(wms.store, { ...whole, taskforces: [] }, 0);
  await expect(rebuildRequest(wms, whole.workflow.workflow_id)).rejects.toMatchObject({
    kind: "conflict",
    message: expect.stringContaining(`${whole.task_directives[0]?.task_id} has no taskforce`),
  });
});
