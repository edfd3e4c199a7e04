import { expect, test } from "vitest";
import type { Phase } from "../../src/domain/phases.js";
import { deactivateWorkflow } from "../../src/lifecycle/deactivate.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { openTestWms } from "../lifecycle/openTestWms.js";
import { jobIds } from "../queues/jobIds.js";
import { advanceMany } from "../store/advance.js";
import { readRecords } from "../store/readRecords.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";
import { countCommands } from "./countCommands.js";

const TASKFORCES = 200;
/** For the workflow, and two for each batch of 100 taskforces. */
const MAX_COMMANDS = 15;

const entry = (target_phase: Phase) =>
  encodeLogEntry({
    target_phase,
    timestamp: 1_700_000_001,
    was_successful: true,
    source_event_time: null,
    source_entity: "TMS",
    context: "",
  });

test.each([false, true])(
  "an abort sends commands for batches, and one for each cluster to stop (clusters run: %s)",
  async (isRunning) => {
    const { redis, wms } = await openTestWms(4);
    const { transitions } = wms.store;
    const whole = makeWholeWorkflow(TASKFORCES);
    const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
    await createWholeWorkflow(wms.store, whole, 0);
    await advanceMany(transitions, uuids, "pre-mq-activation", "pre-launch", entry("pre-launch"));
    await advanceMany(transitions, uuids, "pre-launch", "pending-starter", entry("pending-starter"));
    const { starter, stopper } = wms.queues.forSchedd("ap");
    if (isRunning) {
      const report = { cluster_id: 7, n_workers: 1, submit_dict: {}, job_event_log_fpath: "" };
      const entries = { submitted: entry("condor-submit"), deactivated: entry("condor-submit") };
      for (const uuid of uuids) await transitions.recordSubmit(uuid, report, entries);
    } else await starter.add(uuids.map((id) => ({ id, rank: 1 })));

    const commandCount = countCommands(redis);
    const { n_taskforces } = await deactivateWorkflow(wms, whole.workflow.workflow_id, "ABORTED");
    expect(commandCount()).toBeLessThanOrEqual(MAX_COMMANDS + (isRunning ? TASKFORCES : 0));

    expect(n_taskforces).toBe(TASKFORCES);
    const records = await readRecords(wms.store, "taskforce", uuids);
    expect(new Set(records.map((record) => record?.phase))).toEqual(new Set(["pending-stopper"]));
    expect((await jobIds(starter)).live.size).toBe(0);
    expect((await jobIds(stopper)).live.size).toBe(isRunning ? TASKFORCES : 0);
    // The request left nothing to a worker.
    expect(await wms.queues.deactivation.queue.getJobCountByTypes()).toBe(0);
  },
);
