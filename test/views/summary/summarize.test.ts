import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EMPTY_HISTORY, HISTORY_FIELDS } from "../../../src/domain/history.js";
import type { TaskforceUuid, WorkflowId } from "../../../src/domain/ids.js";
import type { SummaryResponse, WorkflowSummary } from "../../../src/domain/summary.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { attentionKey, dirtyKey, historyKey, memberOf, partitionOf, summaryKey } from "../../../src/store/keys.js";
import { updateStatuses } from "../../../src/store/statusUpdates.js";
import { openStore, type Store } from "../../../src/store/store.js";
import type { CreatedWorkflow } from "../../api/requestBodies.js";
import {
  makeTaskRequestAt,
  type ServiceScenario,
  single,
  startServiceScenario,
} from "../../scenarios/serviceScenario.js";
import { freshDatabase } from "../../setup/database.js";
import { openRedis } from "../../setup/testRedis.js";
import { waitForValue } from "../../setup/waitFor.js";

const PARTITIONS = 2;
/** What a summary with held workers says. */
const HELD = { codes: ["workers-held"], severity: "warning" } as const;

let url: string;
let redis: RedisClient;
let store: Store;
let scenario: ServiceScenario;

/** Reconcile runs only at start, so that fan-out jobs cause all later updates. */
const start = (): Promise<ServiceScenario> =>
  startServiceScenario({ REDIS_URL: url, STORE_PARTITIONS: String(PARTITIONS), RECONCILE_SECONDS: "3600" });

beforeAll(async () => {
  url = await freshDatabase();
  redis = openRedis(url);
  scenario = await start();
  store = await openStore(redis, { partitions: PARTITIONS });
});
afterAll(async () => {
  await scenario.close();
  redis.disconnect();
});

type Expected = Partial<Omit<WorkflowSummary, "updated">>;

/** Waits until a workflow's summary has the given members. */
async function waitForSummary({ workflow }: CreatedWorkflow, expected: Expected): Promise<void> {
  const says = (summary: WorkflowSummary | undefined) =>
    summary !== undefined &&
    Object.entries(expected).every(([part, value]) => isDeepStrictEqual(summary[part as keyof Expected], value));
  await waitForValue(
    `the summary says ${JSON.stringify(expected)}`,
    () => store.summaries.fetch(workflow.workflow_id as WorkflowId),
    says,
  );
}

const uuidsOf = ({ taskforces }: CreatedWorkflow): string[] => taskforces.map(({ taskforce_uuid }) => taskforce_uuid);

/** A request with different tasks. @param places cluster locations of each task */
const tasks = (count: number, places = ["pool-0"]) =>
  Array.from({ length: count }, (_, n) => makeTaskRequestAt(places, { task_args: `part ${n}` }));

/** Reports statuses and errors as a TMS. Both are JSON texts in the order of the taskforces. */
async function reportStatuses(uuids: string[], statuses: string[], errors: string[]): Promise<void> {
  const byUuid = (texts: string[]) => Object.fromEntries(texts.map((text, index) => [uuids[index], JSON.parse(text)]));
  const { status } = await scenario.request("POST", "/v1/tms/statuses/taskforces", {
    ...(statuses.length > 0 && { compound_statuses_by_taskforce: byUuid(statuses) }),
    ...(errors.length > 0 && { top_task_errors_by_taskforce: byUuid(errors) }),
  });
  expect(status).toBe(200);
}

describe("a workflow's summary", () => {
  it("counts its taskforces by phase, and follows each step", async () => {
    const at = scenario.nextAccessPoint();
    const created = await scenario.submitWorkflow(tasks(4, [at.location]));
    const counts = (phases: WorkflowSummary["taskforces_by_phase"]) =>
      waitForSummary(created, { taskforces_by_phase: phases });
    await counts({ "pending-starter": 4 });

    // Several steps of each kind, because the fan-out job of an earlier step may run late.
    const running: string[] = [];
    for (const phases of [
      { "pending-starter": 3, "condor-submit": 1 },
      { "pending-starter": 2, "condor-submit": 2 },
      { "pending-starter": 1, "condor-submit": 3 },
    ]) {
      const handOut = await scenario.leaseToStart(at.createTms);
      await at.createTms.submit(handOut);
      running.push(handOut.taskforce.taskforce_uuid);
      await counts(phases);
    }
    await at.createTms.complete({ taskforce_uuid: running[0] ?? "" });
    await counts({ "pending-starter": 1, "condor-submit": 2, "condor-complete": 1 });
    await scenario.addWorkers(created.task_directives[0]?.task_id ?? "", at.location);
    await counts({ "pending-starter": 2, "condor-submit": 2, "condor-complete": 1 });
    await scenario.deactivate(created.workflow.workflow_id, "abort");
    await counts({ "pending-stopper": 4, "condor-complete": 1 });
    await at.createTms.remove(await scenario.leaseToStop(at.createTms));
    await counts({ "pending-stopper": 3, "condor-rm": 1, "condor-complete": 1 });
  });

  it("sums statuses and errors with any keys over all its taskforces", async () => {
    const created = await scenario.submitWorkflow(tasks(3));
    await reportStatuses(
      uuidsOf(created),
      [
        '{"RUNNING":{"Tasking":5,"null":1},"__proto__":{"__proto__":1}}',
        '{"RUNNING":{"Tasking":7},"HELD: disk":{"FatalError: a.b":2},"__proto__":{"__proto__":3,"toString":1}}',
        '{"IDLE":{},"constructor":{"":4}}',
      ],
      ['{"OOM":1,"__proto__":2}', '{"OOM":10,"constructor":3}', "{}"],
    );
    await waitForSummary(created, {
      compound_statuses: JSON.parse(
        '{"RUNNING":{"Tasking":12,"null":1},"__proto__":{"__proto__":4,"toString":1},' +
          '"HELD: disk":{"FatalError: a.b":2},"IDLE":{},"constructor":{"":4}}',
      ),
      top_task_errors: JSON.parse('{"OOM":11,"__proto__":2,"constructor":3}'),
    });
  });

  it("contains only the newest statuses, and keeps values that a report omits", async () => {
    const created = await scenario.submitWorkflow(tasks(2));
    const uuids = uuidsOf(created);
    await reportStatuses(uuids, ['{"IDLE":{"x":3}}', '{"IDLE":{"x":4}}'], ['{"OOM":1}', '{"OOM":1}']);
    await waitForSummary(created, { compound_statuses: { IDLE: { x: 7 } }, top_task_errors: { OOM: 2 } });

    for (const y of [1, 2, 3, 4]) {
      await reportStatuses(uuids.slice(0, 1), [`{"RUNNING":{"y":${y}}}`], []);
      await waitForSummary(created, {
        compound_statuses: { IDLE: { x: 4 }, RUNNING: { y } },
        top_task_errors: { OOM: 2 },
      });
    }
    await reportStatuses(uuids, ["{}", "{}"], []);
    await waitForSummary(created, { compound_statuses: {}, top_task_errors: { OOM: 2 } });
  });
});

describe("a workflow whose summary has findings that need attention", () => {
  const readAttention = (id: WorkflowId) => redis.hget(attentionKey(partitionOf(id, PARTITIONS)), memberOf(id));
  const waitForAttention = (id: WorkflowId, codes: string | null) =>
    waitForValue(
      `the attention is ${codes}`,
      () => readAttention(id),
      (now) => now === codes,
    );

  it("is listed with their codes while it is active and has them", async () => {
    const at = scenario.nextAccessPoint();
    const created = await scenario.submitWorkflow(tasks(1, [at.location]));
    const id = created.workflow.workflow_id as WorkflowId;
    await at.createTms.submit(await scenario.leaseToStart(at.createTms));
    const before = (await store.summaries.countAttention()).get("workers-held") ?? 0;
    await reportStatuses(uuidsOf(created), ['{"HELD: disk full":{"null":2},"RUNNING":{"Tasking":2}}'], []);
    await waitForAttention(id, "workers-held");
    expect((await store.summaries.countAttention()).get("workers-held")).toBe(before + 1);
    await reportStatuses(uuidsOf(created), ['{"HELD: disk full":{"null":1},"RUNNING":{"Tasking":3}}'], []);
    await waitForAttention(id, null);
    // Only idle: a finding, but an info.
    await reportStatuses(uuidsOf(created), ['{"IDLE":{"null":4}}'], []);
    await waitForSummary(created, { compound_statuses: { IDLE: { null: 4 } } });
    expect(await readAttention(id)).toBeNull();
    await reportStatuses(uuidsOf(created), ['{"HELD: disk full":{"null":4}}'], []);
    await waitForAttention(id, "workers-held");
    await scenario.deactivate(id, "abort");
    await waitForAttention(id, null);
    expect((await store.summaries.countAttention()).get("workers-held") ?? 0).toBe(before);
  });

  it("is not listed by a summary that is saved after its deactivation", async () => {
    const id = (await scenario.submitWorkflow(tasks(1))).workflow.workflow_id as WorkflowId;
    await scenario.deactivate(id, "finished");
    await waitForValue("nothing more changes", () => store.summaries.isCurrent(id), Boolean);
    const summary = await store.summaries.fetch(id);
    if (summary === undefined) throw new Error("no summary");
    const partition = partitionOf(id, PARTITIONS);
    await redis.sadd(dirtyKey(partition), memberOf(id));
    const lease = single((await store.summaries.claimDirty(partition, 100)).filter(({ workflow }) => workflow === id));
    expect(await store.summaries.save(lease, summary, HELD)).toBe(true);
    expect(await readAttention(id)).toBeNull();
  });
});

/** Enough workflows for all partitions. Equal requests would be in one. */
const MANY = 24;

it(`the summaries of ${MANY} workflows catch up after one report, in every partition`, async () => {
  const all = await Promise.all(
    Array.from({ length: MANY }, (_, priority) => scenario.submitWorkflow(tasks(1), { priority })),
  );
  const inFirst = all.filter(({ workflow }) => partitionOf(workflow.workflow_id as WorkflowId, PARTITIONS) === 0);
  expect(inFirst.length).toBeGreaterThan(0);
  expect(inFirst.length).toBeLessThan(MANY);

  await reportStatuses(
    all.flatMap(uuidsOf),
    all.map((_, n) => JSON.stringify({ RUNNING: { Tasking: n } })),
    [],
  );

  for (const [n, created] of all.entries())
    await waitForSummary(created, {
      taskforces_by_phase: { "pending-starter": 1 },
      compound_statuses: { RUNNING: { Tasking: n } },
    });
});

it("a summary covers more taskforces than one batch", async () => {
  const places = Array.from({ length: 26 }, (_, n) => `pool-${n}`);
  const created = await scenario.submitWorkflow(tasks(20, places));
  const uuids = uuidsOf(created);
  expect(uuids).toHaveLength(520);
  await reportStatuses(
    uuids,
    [],
    uuids.map(() => '{"OOM":1}'),
  );
  await waitForSummary(created, { top_task_errors: { OOM: uuids.length } });
});

it("a read of a large workflow returns the summary saved by the status fan-out", async () => {
  const places = Array.from({ length: 40 }, (_, n) => `pool-${n}`);
  const created = await scenario.submitWorkflow(tasks(51, places));
  const uuids = uuidsOf(created);
  expect(uuids).toHaveLength(2040);
  await reportStatuses(uuids.slice(0, 1), [], ['{"OOM":7}']);
  const id = created.workflow.workflow_id as WorkflowId;
  const shown = await waitForValue(
    "the summary includes the report",
    async () => (await scenario.request<SummaryResponse>("GET", `/v1/workflows/${id}/summary`)).body,
    ({ top_task_errors }) => top_task_errors["OOM"] === 7,
  );
  expect(shown.tasks).toHaveLength(51);
  await waitForValue(
    "all are launched, and the fan-out has caught up",
    async () => (await scenario.request<SummaryResponse>("GET", `/v1/workflows/${id}/summary`)).body,
    ({ taskforces_by_phase }) => taskforces_by_phase["pending-starter"] === uuids.length,
    60_000,
  );
  await waitForValue("nothing more changes", () => store.summaries.isCurrent(id), Boolean);
  const { body } = await scenario.request<SummaryResponse>("GET", `/v1/workflows/${id}/summary`);
  expect(body.updated).toBe((await store.summaries.fetch(id))?.updated);
}, 90_000);

it("a summary of an earlier release is ignored", async () => {
  const created = await scenario.submitWorkflow(tasks(1));
  const id = created.workflow.workflow_id as WorkflowId;
  await waitForSummary(created, { taskforces_by_phase: { "pending-starter": 1 } });
  await waitForValue("nothing more changes", () => store.summaries.isCurrent(id), Boolean);
  const old = { taskforces_by_phase: {}, compound_statuses: {}, top_task_errors: {}, updated: 1 };
  await redis.set(summaryKey(partitionOf(id, PARTITIONS), id), JSON.stringify(old));
  const { body } = await scenario.request<SummaryResponse>("GET", `/v1/workflows/${id}/summary`);
  expect(body).toMatchObject({ n_taskforces: 1, taskforces_by_phase: { "pending-starter": 1 } });
});

it("a summary that an earlier release stored as text is read", async () => {
  const created = await scenario.submitWorkflow(tasks(1));
  const id = created.workflow.workflow_id as WorkflowId;
  await waitForSummary(created, { taskforces_by_phase: { "pending-starter": 1 } });
  await waitForValue("nothing more changes", () => store.summaries.isCurrent(id), Boolean);
  const summary = { ...(await store.summaries.fetch(id)), n_failed_attempts: 7 };
  await redis.set(summaryKey(partitionOf(id, PARTITIONS), id), JSON.stringify(summary));
  expect(await store.summaries.fetch(id)).toEqual(summary);
});

describe("when the fan-out job of a change is lost", () => {
  it("the next reconcile updates the summary, for each step at which the process may have died", async () => {
    const [unqueued, unfinished] = [await scenario.submitWorkflow(tasks(1)), await scenario.submitWorkflow(tasks(1))];
    for (const created of [unqueued, unfinished])
      await waitForSummary(created, { taskforces_by_phase: { "pending-starter": 1 } });
    await scenario.close();

    // Simulates the death of a process before the fan-out job, and of another one during the summary.
    const changed = (created: CreatedWorkflow) =>
      updateStatuses(store, [
        {
          uuid: single(uuidsOf(created)) as TaskforceUuid,
          compoundStatuses: { RUNNING: { Tasking: 1 } },
          topTaskErrors: undefined,
        },
      ]);
    await changed(unfinished);
    const partition = partitionOf(unfinished.workflow.workflow_id as WorkflowId, PARTITIONS);
    const taken = await store.summaries.claimDirty(partition, 10);
    expect(taken.map(({ workflow }) => workflow)).toEqual([unfinished.workflow.workflow_id]);
    await changed(unqueued);
    scenario = await start();

    for (const created of [unqueued, unfinished])
      await waitForSummary(created, { compound_statuses: { RUNNING: { Tasking: 1 } } });
  });
});

describe("a workflow's history", () => {
  const valuesOf = async (id: WorkflowId) => (await store.summaries.fetchHistory(id)).samples;

  it("has the first state and the newest one, and nothing new while nothing changes", async () => {
    const created = await scenario.submitWorkflow(tasks(1));
    const id = created.workflow.workflow_id as WorkflowId;
    await waitForSummary(created, { taskforces_by_phase: { "pending-starter": 1 } });
    await waitForValue("nothing more changes", () => store.summaries.isCurrent(id), Boolean);
    const [first] = await valuesOf(id);
    for (const workers of [1, 2, 3]) await reportStatuses(uuidsOf(created), [`{"RUNNING":{"Tasking":${workers}}}`], []);
    await waitForSummary(created, { compound_statuses: { RUNNING: { Tasking: 3 } } });
    await waitForValue("nothing more changes", () => store.summaries.isCurrent(id), Boolean);
    const samples = await valuesOf(id);
    // All happened within one interval.
    expect(samples).toHaveLength(2);
    expect(samples[0]).toEqual(first);
    expect(samples.at(-1)?.values[0]).toBe(3);

    const partition = partitionOf(id, PARTITIONS);
    const text = await redis.get(historyKey(partition, id));
    const { updated = 0 } = (await store.summaries.fetch(id)) ?? {};
    await reportStatuses(uuidsOf(created), ['{"RUNNING":{"Tasking":3}}'], []);
    await redis.sadd(dirtyKey(partition), memberOf(id));
    await reportStatuses(uuidsOf(created), ['{"RUNNING":{"Tasking":3}}'], ["{}"]);
    await waitForValue(
      "the summary is computed again",
      () => store.summaries.fetch(id),
      (summary) => (summary?.updated ?? 0) > updated,
    );
    expect(await redis.get(historyKey(partition, id))).toBe(text);

    await scenario.deactivate(id, "abort");
    await waitForSummary(created, { taskforces_by_phase: { "pending-stopper": 1 } });
    const stopped = HISTORY_FIELDS.indexOf("pending-stopper");
    expect((await valuesOf(id)).at(-1)?.values[stopped]).toBe(1);
  });

  it("of a later release counts as empty", async () => {
    const id = "WF-1-1" as WorkflowId;
    await redis.set(historyKey(partitionOf(id, PARTITIONS), id), "2abc");
    expect(await store.summaries.fetchHistory(id)).toEqual(EMPTY_HISTORY);
  });
});

describe("a process that was suspended while it summarized", () => {
  it("does not replace newer sums by its old ones", async () => {
    const created = await scenario.submitWorkflow(tasks(1));
    await waitForSummary(created, { taskforces_by_phase: { "pending-starter": 1 } });
    await scenario.close();
    const id = created.workflow.workflow_id as WorkflowId;
    const partition = partitionOf(id, PARTITIONS);
    const uuid = single(uuidsOf(created)) as TaskforceUuid;
    const change = (workers: number) =>
      updateStatuses(store, [{ uuid, compoundStatuses: { RUNNING: { Tasking: workers } }, topTaskErrors: undefined }]);
    const old = await store.summaries.fetch(id);
    if (old === undefined) throw new Error("no summary");

    await change(1);
    const slept = single(await store.summaries.claimDirty(partition, 10));
    await change(2);
    scenario = await start();
    await waitForSummary(created, { compound_statuses: { RUNNING: { Tasking: 2 } } });
    const history = await store.summaries.fetchHistory(id);
    expect(await store.summaries.save(slept, old, HELD, EMPTY_HISTORY)).toBe(false);
    expect(history.samples.length).toBeGreaterThan(0);
    expect(await store.summaries.fetchHistory(id)).toEqual(history);
    expect(await redis.hget(attentionKey(partition), memberOf(id))).toBeNull();
    await waitForSummary(created, { compound_statuses: { RUNNING: { Tasking: 2 } } });
  });
});
