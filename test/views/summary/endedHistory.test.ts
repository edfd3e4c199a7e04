import { expect, test } from "vitest";
import { EMPTY_HISTORY } from "../../../src/domain/history.js";
import { createLogEntry } from "../../../src/lifecycle/changeEffects.js";
import { createWholeWorkflow } from "../../../src/store/creation.js";
import { summarizeDirtyWorkflows } from "../../../src/views/summary/summarize.js";
import { openTestWms } from "../../lifecycle/openTestWms.js";
import { makeWholeWorkflow } from "../../store/wholeWorkflow.js";

test("the history of a workflow that ended before its first summary, such as an imported one, does not begin", async () => {
  const { wms } = await openTestWms(1);
  const { store } = wms;
  const [ended, running] = [makeWholeWorkflow(1), makeWholeWorkflow(1)];
  for (const whole of [ended, running]) await createWholeWorkflow(store, whole, 0);
  const [{ taskforce_uuid = "" } = {}] = ended.taskforces;
  const completed = createLogEntry(wms, "condor-complete", true, "tms", "");
  await store.transitions.recordCompletion(taskforce_uuid as never, completed);
  await summarizeDirtyWorkflows(wms, 0);
  expect((await store.summaries.fetch(ended.workflow.workflow_id))?.taskforces_by_phase).toEqual({
    "condor-complete": 1,
  });
  expect(await store.summaries.fetchHistory(ended.workflow.workflow_id)).toEqual(EMPTY_HISTORY);
  expect((await store.summaries.fetchHistory(running.workflow.workflow_id)).samples).toHaveLength(1);
});
