import { expect, test } from "vitest";
import { createWholeWorkflow } from "../../../src/store/creation.js";
import { describeWorkflows } from "../../../src/views/list/describeWorkflows.js";
import { WorkMeter } from "../../../src/views/query/meter.js";
import { countCommands } from "../../implementation/countCommands.js";
import { openTestWms } from "../../lifecycle/openTestWms.js";
import { makeWholeWorkflow } from "../../store/wholeWorkflow.js";

test("a row of a giant workflow without a summary reads none of its taskforces", async () => {
  const { redis, wms } = await openTestWms(2);
  const giant = makeWholeWorkflow(2001);
  await createWholeWorkflow(wms.store, giant, 0);
  const { workflow_id } = giant.workflow;
  const commandCount = countCommands(redis);
  const [row] = await describeWorkflows(wms, [workflow_id], new WorkMeter());
  expect(row).toMatchObject({ workflow_id, n_taskforces: 2001, state: "waiting", taskforces_by_phase: {} });
  expect(commandCount()).toBeLessThan(30);
});

test("the row of a workflow that is removed meanwhile is left out", async () => {
  const { wms } = await openTestWms(2);
  const [kept, removed] = [makeWholeWorkflow(1), makeWholeWorkflow(1)];
  await createWholeWorkflow(wms.store, kept, 0);
  const ids = [removed.workflow.workflow_id, kept.workflow.workflow_id];
  const rows = await describeWorkflows(wms, ids, new WorkMeter());
  expect(rows.map(({ workflow_id, n_taskforces }) => [workflow_id, n_taskforces])).toEqual([
    [kept.workflow.workflow_id, 1],
  ]);
});
