import { expect, test } from "vitest";
import { activateWorkflow } from "../../src/lifecycle/activate.js";
import { addWorkers } from "../../src/lifecycle/addWorkers.js";
import type { Wms } from "../../src/lifecycle/context.js";
import { createWorkflow } from "../../src/lifecycle/create.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { phaseChanges } from "../../src/store/records.js";
import { openTestWms } from "../lifecycle/openTestWms.js";
import { WORKER_CONFIG } from "../processes/workflowRequestJson.js";
import { allJobIds, jobIds } from "../queues/jobIds.js";
import { readRecords } from "../store/readRecords.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { countCommands } from "./countCommands.js";

const TASKFORCES = 10;
/** The known schedds, and the workflow itself. */
const COMMANDS_OF_CREATION = 2;

async function openWms(): Promise<{ wms: Wms; commandCount: () => number }> {
  const { redis, wms } = await openTestWms(4);
  const clusters = { here: { schedd: "ap" } };
  const ready = { ...wms, settings: { ...wms.settings, clusters } };
  // Redis loads each script at its first call, and a queue writes its settings.
  const { taskforces } = await createWorkflow(ready, requestOf(1));
  await wms.queues.forSchedd("ap").starter.ackAll(taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  // On a busy machine, the delayed fan-out would be counted.
  await wms.debouncers.fanout.close();
  return { wms: ready, commandCount: countCommands(redis) };
}

const requestOf = (tasks: number) => ({
  public_queue_aliases: [],
  tasks: Array.from({ length: tasks }, () => ({
    cluster_locations: ["here"],
    task_image: "image",
    task_args: "",
    input_queue_aliases: [],
    output_queue_aliases: [],
    worker_config: WORKER_CONFIG,
  })),
});

const stepsOf = async (wms: Wms, uuids: Parameters<typeof readRecords<"taskforce">>[2]) =>
  (await readRecords(wms.store, "taskforce", uuids)).map((record) =>
    phaseChanges(record as never).map(({ target_phase, source_entity }) => `${target_phase} by ${source_entity}`),
  );
const STEPS = [
  "pre-mq-activation by USER",
  "pre-launch by Workflow MQ Activator",
  "pending-starter by Taskforce Launch Control",
];

test("a workflow without message queues is launched by its creation: one more command for each taskforce", async () => {
  const { wms, commandCount } = await openWms();
  const { workflow, taskforces } = await createWorkflow(wms, requestOf(TASKFORCES));
  expect(commandCount()).toBeLessThanOrEqual(COMMANDS_OF_CREATION + TASKFORCES);

  // The response shows the workflow as it was requested.
  expect(new Set(taskforces.map(({ phase }) => phase))).toEqual(new Set(["pre-mq-activation"]));
  const uuids = taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  expect(await stepsOf(wms, uuids)).toEqual(Array(TASKFORCES).fill(STEPS));
  expect((await jobIds(wms.queues.forSchedd("ap").starter)).live).toEqual(new Set(uuids));
  expect(await allJobIds(wms.queues.activation)).toEqual(new Set());
  expect(await wms.store.counts.readAll()).toEqual([{ phase: "pending-starter", schedd: "ap", count: 1 + TASKFORCES }]);

  const before = commandCount();
  const task = taskforces[0]?.task_id ?? "";
  const added = await addWorkers(wms, task, { cluster_location: "here", n_workers: 1 }, "USER");
  expect(commandCount() - before).toBeLessThanOrEqual(10);
  expect(await stepsOf(wms, [added.taskforce_uuid])).toEqual([STEPS]);
  expect((await jobIds(wms.queues.forSchedd("ap").starter)).live).toContain(added.taskforce_uuid);
  expect(added.workflow_id).toBe(workflow.workflow_id);
});

test("a large workflow is left to a worker", async () => {
  const { wms } = await openWms();
  const { workflow, taskforces } = await createWorkflow(wms, requestOf(101));
  expect(await allJobIds(wms.queues.activation)).toEqual(new Set([workflow.workflow_id]));
  expect((await jobIds(wms.queues.forSchedd("ap").starter)).live.size).toBe(0);
  await activateWorkflow(wms, workflow.workflow_id);
  expect((await jobIds(wms.queues.forSchedd("ap").starter)).live.size).toBe(taskforces.length);
});

test("a repeated activation sends four commands, and one for each taskforce whose job may be lost", async () => {
  const { wms, commandCount } = await openWms();
  const whole = makeWholeWorkflow(TASKFORCES);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  const { workflow_id } = whole.workflow;
  await createWholeWorkflow(wms.store, whole, 1);
  await wms.store.profiles.saveActivated(workflow_id, []);
  const { starter } = wms.queues.forSchedd("ap");
  for (let attempt = 1; attempt <= 2; attempt++) {
    const before = commandCount();
    await activateWorkflow(wms, workflow_id);
    expect(commandCount() - before).toBeLessThanOrEqual(4 + TASKFORCES);
    expect((await jobIds(starter)).live).toEqual(new Set(uuids));
    // The process died between the change of the phases and that of the queue.
    await starter.ackAll(uuids);
  }
  const [steps] = await stepsOf(wms, uuids);
  expect(steps?.slice(1)).toEqual(STEPS.slice(1));
});
