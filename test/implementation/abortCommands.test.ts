import type { Redis } from "ioredis";
import { expect, test } from "vitest";
import type { Phase } from "../../src/domain/phases.js";
import { deactivateWorkflow } from "../../src/lifecycle/deactivate.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { encodeLogEntry } from "../../src/store/records.js";
import { openTestWms } from "../lifecycle/openTestWms.js";
import { jobIds } from "../queues/jobIds.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";

const TASKFORCES = 200;
/** Two for each taskforce, and some for the workflow. */
const MAX_COMMANDS = 500;

const entry = (target_phase: Phase) =>
  encodeLogEntry({
    target_phase,
    timestamp: 1_700_000_001,
    was_successful: true,
    source_event_time: null,
    source_entity: "TMS",
    context: "",
  });

/** Counts the commands that a client sends from now on, those inside of pipelines included. */
function countCommands(redis: Redis): () => number {
  let count = 0;
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...sent) => {
    count++;
    return send(...sent);
  };
  return () => count;
}

test.each([false, true])("an abort sends two commands for each taskforce (clusters run: %s)", async (isRunning) => {
  const { redis, wms } = await openTestWms(4);
  const { transitions } = wms.store;
  const whole = makeWholeWorkflow(TASKFORCES);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  await createWholeWorkflow(wms.store, whole, 0);
  await transitions.advanceMany(uuids, "pre-mq-activation", "pre-launch", entry("pre-launch"));
  await transitions.advanceMany(uuids, "pre-launch", "pending-starter", entry("pending-starter"));
  const { starter, stopper } = wms.queues.forSchedd("ap");
  if (isRunning) {
    const report = { cluster_id: 7, n_workers: 1, submit_dict: {}, job_event_log_fpath: "" };
    const entries = { submitted: entry("condor-submit"), deactivated: entry("condor-submit") };
    for (const uuid of uuids) await transitions.recordSubmit(uuid, report, entries);
  } else await starter.add(uuids.map((id) => ({ id, rank: 1 })));

  const commandCount = countCommands(redis as Redis);
  const { n_taskforces } = await deactivateWorkflow(wms, whole.workflow.workflow_id, "ABORTED");
  expect(commandCount()).toBeLessThan(MAX_COMMANDS);

  expect(n_taskforces).toBe(TASKFORCES);
  const records = await wms.store.fetchMany("taskforce", uuids);
  expect(new Set(records.map((record) => record?.phase))).toEqual(new Set(["pending-stopper"]));
  expect((await jobIds(starter)).live.size).toBe(0);
  expect((await jobIds(stopper)).live.size).toBe(isRunning ? TASKFORCES : 0);
  // The request left nothing to a worker.
  expect(await wms.queues.deactivation.queue.getJobCountByTypes()).toBe(0);
});
