import type { Redis } from "ioredis";
import { expect, test } from "vitest";
import type { TaskforceUuid } from "../../src/domain/ids.js";
import type { Phase } from "../../src/domain/phases.js";
import { activateWorkflow } from "../../src/lifecycle/activate.js";
import { reconcile } from "../../src/lifecycle/reconcile.js";
import { createWholeWorkflow } from "../../src/store/creation.js";
import { partitionOf, stoppingKey } from "../../src/store/keys.js";
import { encodeLogEntry } from "../../src/store/records.js";
import type { Store } from "../../src/store/store.js";
import { openTestWms } from "../lifecycle/openTestWms.js";
import { allJobIds, jobIds } from "../queues/jobIds.js";
import { advanceMany } from "../store/advance.js";
import { makeWholeWorkflow } from "../store/wholeWorkflow.js";

/** More than the values of the largest reply, which contains the fields of 100 records. */
const MAX_REPLY_VALUES = 2000;

const entry = (target_phase: Phase, timestamp = 1_700_000_001) =>
  encodeLogEntry({
    target_phase,
    timestamp,
    was_successful: true,
    source_event_time: null,
    source_entity: "TMS",
    context: "",
  });

const submission = { cluster_id: 7, n_workers: 1, submit_dict: {}, job_event_log_fpath: "" };
const entries = { submitted: entry("condor-submit"), deactivated: entry("condor-submit") };

/** Stores a workflow whose taskforces wait to be started. */
async function pending(store: Store, tasks: number) {
  const whole = makeWholeWorkflow(tasks);
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  await createWholeWorkflow(store, whole, 0);
  await advanceMany(store.transitions, uuids, "pre-mq-activation", "pre-launch", entry("pre-launch"));
  await advanceMany(store.transitions, uuids, "pre-launch", "pending-starter", entry("pending-starter"));
  return { workflow: whole.workflow.workflow_id, uuids };
}

/** Deactivates a workflow and moves the given taskforces to pending-stopper. */
async function stop(store: Store, workflow: Parameters<Store["transitions"]["deactivate"]>[0], uuids: TaskforceUuid[]) {
  await store.transitions.deactivate(workflow, "ABORTED", 1_700_000_002);
  const stopped = entry("pending-stopper");
  for (let start = 0; start < uuids.length; start += 500)
    await store.transitions.stopTaskforces(uuids.slice(start, start + 500), {
      moved: stopped,
      left: stopped,
    });
}

/** Measures the maximum number of values in a reply from now on. */
function largestReply(redis: Redis): () => number {
  let largest = 0;
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...sent) => {
    const reply = send(...sent) as Promise<unknown>;
    reply.then(
      (value) => {
        if (Array.isArray(value)) largest = Math.max(largest, value.flat(Number.POSITIVE_INFINITY).length);
      },
      () => undefined,
    );
    return reply;
  };
  return () => largest;
}

test("reconcile reads indexes and queues of any length in batches", async () => {
  const { redis, wms } = await openTestWms(1);
  const { starter, stopper } = wms.queues.forSchedd("ap");
  const { uuids } = await pending(wms.store, 2000);
  const ended = await pending(wms.store, 2000);
  for (const uuid of ended.uuids) await wms.store.transitions.recordSubmit(uuid, submission, entries);
  await stop(wms.store, ended.workflow, ended.uuids);
  await wms.queues.deactivation.add([{ id: ended.workflow }]);
  const largest = largestReply(redis as Redis);

  expect(await reconcile(wms)).toEqual({ added: 4000, dropped: 0 });
  expect(await reconcile(wms)).toEqual({ added: 0, dropped: 0 });
  expect(largest()).toBeLessThan(MAX_REPLY_VALUES);
  expect((await jobIds(starter)).live).toEqual(new Set(uuids));
  expect((await jobIds(stopper)).live).toEqual(new Set(ended.uuids));
});

test("jobs are restored after the loss of their lists and sets, even if their hashes exist; leases are kept", async () => {
  const { redis, wms } = await openTestWms(4);
  const { starter } = wms.queues.forSchedd("ap");
  const { uuids } = await pending(wms.store, 5);
  const activating = makeWholeWorkflow(3);
  await createWholeWorkflow(wms.store, activating, 0);
  expect(await reconcile(wms)).toEqual({ added: 6, dropped: 0 });
  const leased = await starter.lease();

  await redis.del("{wmsq-starter-ap}:starter-ap:prioritized");
  await redis.del("{wmsq-mq-activation}:mq-activation:wait");
  expect(await reconcile(wms)).toEqual({ added: 5, dropped: 0 });
  expect((await jobIds(starter)).live).toEqual(new Set(uuids));
  expect(await allJobIds(wms.queues.activation)).toEqual(new Set([activating.workflow.workflow_id]));
  const leasedAgain = [];
  for (let id = await starter.lease(); id !== undefined; id = await starter.lease()) leasedAgain.push(id);
  expect(leasedAgain.sort()).toEqual(uuids.filter((uuid) => uuid !== leased).sort());
});

test("taskforces that an earlier release left in pre-launch are launched", async () => {
  const { wms } = await openTestWms(4);
  const whole = makeWholeWorkflow(2);
  const { workflow_id } = whole.workflow;
  const uuids = whole.taskforces.map(({ taskforce_uuid }) => taskforce_uuid);
  await createWholeWorkflow(wms.store, whole, 0);
  await advanceMany(wms.store.transitions, uuids, "pre-mq-activation", "pre-launch", entry("pre-launch"));
  expect(await reconcile(wms)).toEqual({ added: 1, dropped: 0 });
  expect(await allJobIds(wms.queues.activation)).toEqual(new Set([workflow_id]));
  await activateWorkflow(wms, workflow_id);
  expect((await jobIds(wms.queues.forSchedd("ap").starter)).live).toEqual(new Set(uuids));
});

test("restored jobs are leased in the order in which they began to wait", async () => {
  const { wms } = await openTestWms(4);
  const { store } = wms;
  const { uuids } = await pending(store, 6);
  const since = (uuid: TaskforceUuid) => 1_700_000_100 - uuids.indexOf(uuid);
  for (const uuid of uuids)
    await store.transitions.recordSubmitFailure(uuid, entry("condor-submit", since(uuid)), { isLeased: true });
  await reconcile(wms);
  const leased = [];
  for (let id = await wms.queues.forSchedd("ap").starter.lease(); id !== undefined; ) {
    leased.push(id);
    id = await wms.queues.forSchedd("ap").starter.lease();
  }
  expect(leased).toEqual([...uuids].reverse());
});

test("the index of taskforces to stop equals a scan of all records", async () => {
  const { redis, wms } = await openTestWms(1);
  const { store } = wms;
  const { workflow, uuids } = await pending(store, 7);
  const [started, removed, completed, afterFlip, afterStop, never] = uuids;
  const submit = (uuid: TaskforceUuid | undefined) =>
    store.transitions.recordSubmit(uuid as TaskforceUuid, submission, entries);
  const waiting = async () => {
    const found = [];
    for await (const [uuid, record] of store.fetchEach("taskforce", uuids))
      if (record?.phase === "pending-stopper" && record.cluster_id !== undefined) found.push(uuid.slice(3));
    return found.sort();
  };
  const indexed = async () => (await redis.zrange(stoppingKey(partitionOf(workflow, 1)), 0, "-1")).sort();

  for (const uuid of [started, removed, completed]) await submit(uuid);
  await store.transitions.deactivate(workflow, "ABORTED", 1_700_000_002);
  await submit(afterFlip);
  await stop(store, workflow, uuids);
  await submit(afterStop);
  expect(await waiting()).toHaveLength(5);
  expect(await indexed()).toEqual(await waiting());

  await store.transitions.recordRemoval(removed as TaskforceUuid, {
    removed: entry("condor-rm"),
    tooLate: entry("condor-rm"),
  });
  await store.transitions.recordCompletion(completed as TaskforceUuid, entry("condor-complete"));
  expect(await waiting()).toHaveLength(3);
  expect(await indexed()).toEqual(await waiting());

  // Simulates a release without this index.
  await redis.del(stoppingKey(0));
  await redis.zadd(stoppingKey(0), 1, (never as string).slice(3));
  await reconcile(wms);
  expect(await indexed()).toEqual(await waiting());
});

test("a job with a pending ack is not changed, and an obsolete one is dropped", async () => {
  const { wms } = await openTestWms(4);
  const { starter } = wms.queues.forSchedd("ap");
  const { uuids } = await pending(wms.store, 2);
  expect(await reconcile(wms)).toEqual({ added: 2, dropped: 0 });
  const [reported] = [await starter.lease(), await starter.lease()];
  for (const uuid of uuids) await wms.store.transitions.recordSubmit(uuid, submission, entries);

  const { indexes } = wms.store;
  const notWaiting = indexes.filterNotWaiting.bind(indexes);
  let seen = false;
  indexes.filterNotWaiting = async (...asked) => {
    const found = await notWaiting(...asked);
    // Simulates the ack that follows a report's phase change.
    if (!seen) await starter.ack(String(reported));
    seen = true;
    return found;
  };
  expect(await reconcile(wms)).toEqual({ added: 0, dropped: 1 });
  expect(seen).toBe(true);
  expect((await jobIds(starter)).live).toEqual(new Set());
});
