import { expect, test } from "vitest";
import { deactivateWorkflow, finishDeactivation } from "../../src/lifecycle/deactivate.js";
import { reconcile } from "../../src/lifecycle/reconcile.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { allJobIds } from "../queues/jobIds.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { openTestWms } from "./openTestWms.js";

async function openWmsWithWorkflow(taskforces: number) {
  const { wms } = await openTestWms(4);
  const whole = makeWholeWorkflow(taskforces);
  await createWholeWorkflow(wms.store, whole, 0);
  const workflow = whole.workflow.workflow_id;
  const countStopped = async () => {
    const uuids = await wms.store.indexes.taskforcesOf(workflow);
    return (await wms.store.indexes.filterInPhase("pending-stopper", uuids)).length;
  };
  return { wms, workflow, countStopped };
}

test("reconcile adds the job of a deactivation whose process died", async () => {
  const { wms, workflow, countStopped } = await openWmsWithWorkflow(3);
  await wms.store.transitions.deactivate(workflow, "ABORTED", 1_700_000_002);
  await reconcile(wms);
  expect(await allJobIds(wms.queues.deactivation)).toContain(workflow);

  await finishDeactivation(wms, workflow, 0);
  expect(await countStopped()).toBe(3);
});

test("a deactivation that fails in the request is continued by a job", async () => {
  const { wms, workflow, countStopped } = await openWmsWithWorkflow(3);
  const { transitions } = wms.store;
  const { stopTaskforces } = transitions;
  transitions.stopTaskforces = () => Promise.reject(new Error("interrupted"));
  expect(await deactivateWorkflow(wms, workflow, "ABORTED")).toEqual({ workflow_id: workflow, n_taskforces: 3 });
  transitions.stopTaskforces = stopTaskforces;
  expect(await allJobIds(wms.queues.deactivation)).toContain(workflow);
  expect(await countStopped()).toBe(0);

  await finishDeactivation(wms, workflow, 0);
  expect(await countStopped()).toBe(3);
});

test("a deactivation continues where the request stopped", async () => {
  const { wms, workflow, countStopped } = await openWmsWithWorkflow(150);
  await wms.store.transitions.deactivate(workflow, "ABORTED", 1_700_000_002);
  await finishDeactivation(wms, workflow, 100);
  expect(await countStopped()).toBe(50);
});
