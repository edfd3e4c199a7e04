import { expect, test } from "vitest";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { freshStore } from "../setup/freshStore.js";
import { makeWholeWorkflow } from "./wholeWorkflow.js";

const completed = encodeLogEntry({
  target_phase: "condor-complete",
  timestamp: 1_700_000_001,
  was_successful: true,
  source_event_time: null,
  source_entity: "TMS",
  context: "",
});

test("the deactivation of a large workflow counts exactly its stoppable taskforces", async () => {
  const { store } = await freshStore(4);
  const { workflow, taskforces, ...rest } = makeWholeWorkflow(2100);
  await createWholeWorkflow(store, { workflow, taskforces, ...rest }, 0);
  // At the bounds and in the middle of the batches.
  for (const at of [0, 1, 999, 1000, 1500, 2099])
    await store.transitions.recordCompletion(taskforces[at]!.taskforce_uuid, completed);
  expect(await store.transitions.deactivate(workflow.workflow_id, "ABORTED", 1_700_000_002)).toBe(2094);
  expect(await store.transitions.deactivate(workflow.workflow_id, "ABORTED", 1_700_000_003)).toBeUndefined();
});
