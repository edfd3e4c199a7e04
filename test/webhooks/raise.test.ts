import { describe, expect, it } from "vitest";
import { newWorkflowId, type TaskforceUuid } from "../../src/domain/ids.js";
import type { NewestDeadLetter, WorkflowSummary } from "../../src/domain/summary.js";
import { MAX_WAITING_OF_FAILING, MAX_WEBHOOK_OUTCOMES, MAX_WEBHOOKS } from "../../src/domain/webhook.js";
import { WebhookIndex } from "../../src/domain/webhookIndex.js";
import type { Wms } from "../../src/lifecycle/context.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { partitionOf, recordKey } from "../../src/store/keys.js";
import type { StoredWebhook } from "../../src/store/webhooks.js";
import { findOccurrences, type SummaryChange } from "../../src/views/webhooks/occurrences.js";
import { deliveryJob, raiseNotifications } from "../../src/views/webhooks/raise.js";
import { openTestWms } from "../lifecycle/openTestWms.js";

const NOW = 1_796_000_000;
const WORKFLOW = newWorkflowId(NOW);
const PARTITIONS = 4;

const summaryOf = (
  taskforces_by_phase: WorkflowSummary["taskforces_by_phase"],
  more: Partial<WorkflowSummary> = {},
  newest_dead?: NewestDeadLetter[],
): WorkflowSummary => ({
  n_taskforces: Object.values(taskforces_by_phase).reduce((sum, n) => sum + n, 0),
  taskforces_by_phase,
  n_workers_requested: 0,
  compound_statuses: {},
  top_task_errors: {},
  tasks: [],
  phases: {},
  last_change: NOW - 10,
  n_failed_attempts: 0,
  failed_attempts: [],
  waits: {
    activation: null,
    starter: [],
    dead: (newest_dead ?? []).map(({ schedd, since, error }) => ({ schedd, n: 1, since, error, failures: 3 })),
    stopper: [],
    never_started: 0,
    workers: {},
    ...(newest_dead && { newest_dead }),
  },
  updated: NOW,
  ...more,
});

const letter = (n: number, since = NOW): NewestDeadLetter => ({
  taskforce_uuid: `TF-1-00000000-00000000-0000000${n}` as TaskforceUuid,
  schedd: "ap",
  since,
  error: "no disk left",
});

const changeOf = (more: Partial<SummaryChange>): SummaryChange => ({
  workflow: WORKFLOW,
  before: undefined,
  after: summaryOf({ "condor-submit": 1 }),
  neededAttention: false,
  deactivated: undefined,
  deactivatedSeconds: undefined,
  nowSeconds: NOW,
  ...more,
});
const eventsOf = (more: Partial<SummaryChange>): string[] => findOccurrences(changeOf(more)).map(({ event }) => event);

describe("the events between two summaries", () => {
  const running = summaryOf({ "condor-submit": 2 });
  const complete = summaryOf({ "condor-complete": 2 });

  it("are none while nothing ends and nothing fails", () => {
    expect(eventsOf({ before: running })).toEqual([]);
    expect(eventsOf({ before: complete, after: complete })).toEqual([]);
  });

  it("are a completion each time that all taskforces end, also after workers were added", () => {
    expect(eventsOf({ before: running, after: complete })).toEqual(["completed"]);
    expect(eventsOf({ after: complete })).toEqual(["completed"]);
    expect(eventsOf({ before: summaryOf({ "condor-complete": 2, "condor-submit": 1 }), after: complete })).toEqual([
      "completed",
    ]);
    expect(eventsOf({ before: running, after: summaryOf({ "condor-complete": 1, "condor-submit": 1 }) })).toEqual([]);
  });

  it("are one deactivation, and no completion of a deactivated workflow", () => {
    const deactivation = { deactivated: "ABORTED", deactivatedSeconds: NOW - 5 } as const;
    expect(findOccurrences(changeOf({ before: running, after: complete, ...deactivation }))).toEqual([
      { event: "deactivated", atSeconds: NOW - 5, key: String(NOW - 5), sentence: "the workflow was aborted" },
    ]);
    const before = { ...running, notified: { deactivated: true } };
    expect(eventsOf({ before, after: complete, ...deactivation })).toEqual([]);
  });

  it("are dead letters that are new, and those that failed again after a retry", () => {
    const dead = (...letters: NewestDeadLetter[]) => summaryOf({ "pending-starter": 2 }, {}, letters);
    const found = (before: WorkflowSummary, after: WorkflowSummary) =>
      findOccurrences(changeOf({ before, after, neededAttention: true })).flatMap(({ deadLetters = [] }) =>
        deadLetters.map(({ taskforce_uuid }) => taskforce_uuid.slice(-1)),
      );
    expect(found(dead(letter(1)), dead(letter(2), letter(1)))).toEqual(["2"]);
    expect(found(dead(letter(1)), dead(letter(1)))).toEqual([]);
    expect(found(dead(letter(1)), dead(letter(1, NOW + 60)))).toEqual(["1"]);
    expect(found(dead(), dead(...[1, 2, 3, 4, 5, 6].map((n) => letter(n))))).toHaveLength(5);
  });

  it("are attention when the first finding appears, not when another one joins it", () => {
    const after = summaryOf({ "pending-starter": 1 }, {}, [letter(1)]);
    const before = after;
    expect(eventsOf({ before, after, neededAttention: false })).toEqual(["needs-attention"]);
    expect(eventsOf({ before, after, neededAttention: true })).toEqual([]);
  });
});

const webhookOf = (n: number, more: Partial<StoredWebhook> = {}): StoredWebhook => ({
  webhook_id: `WH-${n}`,
  url: "https://hooks.example.org/",
  events: ["completed"],
  scope: { owner: "ada" },
  description: null,
  owner: `user ${n}`,
  created: NOW - 100,
  secret: "the-secret-of-this-webhook",
  ...more,
});

/** Stores a workflow of ada. */
async function storeWorkflow(redis: RedisClient): Promise<void> {
  const key = recordKey(partitionOf(WORKFLOW, PARTITIONS), "workflow", WORKFLOW);
  const creator = JSON.stringify({ subject: "ada", name: null, groups: [], client: null });
  await redis.hset(key, { doc: "{}", creator });
}

async function raise(wms: Wms): Promise<string[]> {
  const index = await wms.store.webhooks.readIndex();
  if (index !== undefined) await raiseNotifications(wms, index, WORKFLOW, summaryOf({ "condor-complete": 1 }));
  const jobs = await wms.queues.webhooks.queue.getJobs(["wait"]);
  return jobs.map(({ data }) => data.id).sort();
}

describe("the deliveries of an event", () => {
  it("are added once, also when a process dies before it saves the summary", async () => {
    const { redis, wms } = await openTestWms(PARTITIONS);
    await storeWorkflow(redis);
    expect(await raise(wms)).toEqual([]);
    for (const [n, scope] of [{ owner: "ada" }, { owner: "bob" }, { all: true as const }].entries())
      await wms.store.webhooks.add(webhookOf(n, { scope }));
    expect(await raise(wms)).toEqual(["WH-0", "WH-2"]);
    expect(await raise(wms)).toEqual(["WH-0", "WH-2"]);
  });

  it("hold neither secret nor address", async () => {
    const { redis, wms } = await openTestWms(PARTITIONS);
    await storeWorkflow(redis);
    await wms.store.webhooks.add(webhookOf(1));
    await raise(wms);
    const [job] = await wms.queues.webhooks.queue.getJobs(["wait"]);
    expect(JSON.stringify(job)).toContain("WH-1");
    expect(JSON.stringify(job)).not.toMatch(/the-secret-of-this-webhook|hooks\.example/);
  });

  it("follow registrations and removals at once", async () => {
    const { redis, wms } = await openTestWms(PARTITIONS);
    await storeWorkflow(redis);
    await wms.store.webhooks.add(webhookOf(1));
    await wms.store.webhooks.remove(webhookOf(1));
    expect(await raise(wms)).toEqual([]);
    await wms.store.webhooks.add(webhookOf(2));
    expect(await raise(wms)).toEqual(["WH-2"]);
    expect(await redis.hgetall("wms:{webhooks}:owners")).toEqual({ "user 2": "1" });
  });
});

it("webhooks whose last calls all failed get no further ones while many wait, the others do", async () => {
  const { redis, wms } = await openTestWms(PARTITIONS);
  await storeWorkflow(redis);
  const { webhooks } = wms.store;
  for (const n of [1, 2, 3]) await webhooks.add(webhookOf(n, { scope: { all: true } }));
  const outcome = {
    timestamp: NOW,
    delivery_id: "WD-1",
    event: "completed",
    workflow_id: WORKFLOW,
    attempt: 8,
  } as const;
  const fail = (id: string) =>
    webhooks.recordOutcome(id, { ...outcome, status: 500, error: "HTTP 500", is_final: true });
  for (let n = 0; n < MAX_WEBHOOK_OUTCOMES; n++) await Promise.all([fail("WH-1"), fail("WH-2")]);
  await webhooks.recordOutcome("WH-2", { ...outcome, status: 200, error: null, is_final: true });
  const event = { event: "completed", delivery_id: "WD-2", raised: NOW, workflow_id: null, sentence: null } as const;
  const old = Array.from({ length: MAX_WAITING_OF_FAILING }, (_, n) =>
    deliveryJob(`old-${n}`, { webhook_id: "WH-1" }, event),
  );
  await wms.queues.webhooks.add(old);
  const before = await raise(wms);
  expect(before.filter((id) => id === "WH-1")).toHaveLength(MAX_WAITING_OF_FAILING);
  expect(before.filter((id) => id !== "WH-1")).toEqual(["WH-2", "WH-3"]);
});

it(`at most ${MAX_WEBHOOKS} webhooks are registered`, async () => {
  const { wms } = await openTestWms(PARTITIONS);
  const numbers = Array.from({ length: MAX_WEBHOOKS }, (_, n) => n);
  const outcomes = await Promise.all(numbers.map((n) => wms.store.webhooks.add(webhookOf(n))));
  expect(new Set(outcomes)).toEqual(new Set([undefined]));
  expect(await wms.store.webhooks.add(webhookOf(MAX_WEBHOOKS))).toBe("all");
  expect(await wms.store.webhooks.readAll()).toHaveLength(MAX_WEBHOOKS);
});

it("an index finds the webhooks of an owner, of labels, and of all workflows", () => {
  const scopes = [{ owner: "ada" }, { owner: "bob" }, { label: "k=v" }, { label: "k=w" }, { all: true as const }];
  const index = new WebhookIndex(scopes.map((scope, n) => webhookOf(n, { scope })));
  const find = (...given: Parameters<WebhookIndex["find"]>) => index.find(...given).map(({ webhook_id }) => webhook_id);
  expect(find("ada", ["k=v", "other=x"])).toEqual(["WH-4", "WH-0", "WH-2"]);
  expect(find(undefined, [])).toEqual(["WH-4"]);
});
