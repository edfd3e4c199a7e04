import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TmsAction } from "../../scripts/tms/actions.js";
import { createTms } from "../../scripts/tms/tms.js";
import { startTestService } from "../setup/service.js";
import { eventually, Story, startStory, task } from "../stories/story.js";

const SCHEDDS = ["ap-north", "ap-east", "ap-south", "ap-west"];
const LOCATIONS = SCHEDDS.map((schedd) => `at-${schedd}`);
const WORKFLOWS = 25;
const TASKS = 20;
const TASKFORCES = WORKFLOWS * TASKS * SCHEDDS.length;
/** Of each schedd at each service: 64 in all. */
const POLLERS = 8;

const CLUSTER_LOCATIONS = JSON.stringify(
  Object.fromEntries(SCHEDDS.map((schedd, n) => [LOCATIONS[n], { schedd }])),
);

describe("64 pollers at two web services on one Redis", () => {
  const services: { url: string; close: () => Promise<void> }[] = [];
  let created: string[];

  beforeAll(async () => {
    const first = await startTestService({ CLUSTER_LOCATIONS });
    const second = await startTestService({ CLUSTER_LOCATIONS, REDIS_URL: first.redisUrl });
    services.push(second, first);
    const user = new Story(first);
    created = await createTaskforces(user);
    await eventually(
      "every taskforce is pending",
      () => pendingCount(user),
      (pending) => pending === TASKFORCES,
      60_000,
    );
  }, 120_000);
  afterAll(async () => {
    for (const service of services) await service.close();
  });

  it(`drain ${TASKFORCES} taskforces of mixed priorities, each handed out exactly once`, async () => {
    const taken: string[] = [];
    const submitted: string[] = [];
    const troubles: TmsAction[] = [];
    const onAction = (action: TmsAction) => {
      if (action.kind === "took-starter") taken.push(action.uuid);
      else if (action.kind === "submitted") submitted.push(action.uuid);
      else troubles.push(action);
    };
    const drains = services.flatMap(({ url }) =>
      SCHEDDS.map((schedd) => createTms({ url, schedd, concurrency: POLLERS, onAction }).drainStarters()),
    );
    const drained = await Promise.all(drains);

    expect(troubles).toEqual([]);
    expect(drained.reduce((sum, count) => sum + count, 0)).toBe(TASKFORCES);
    expect(taken.sort()).toEqual(created.sort());
    expect(submitted.sort()).toEqual(created);
  }, 120_000);

  it("leave nothing pending", async () => {
    const [service] = services;
    expect(await pendingCount(new Story(service!))).toBe(0);
  });
});

describe("a single poller", () => {
  it("gets the higher priority first, and among equals who waits longest", async () => {
    const story = await startStory();
    try {
      const at = story.accessPoint();
      const priorities = [50, 10, 100, 50, 0, 75, 10, 100, 50, 250];
      const waiting = [];
      for (const priority of priorities) waiting.push(await story.pending(at, { priority }));
      await story.launchesSettle();

      const order: string[] = [];
      for (let next = await at.tms.takeStarter(); next; next = await at.tms.takeStarter())
        order.push(next.taskforce.taskforce_uuid);

      // Sorting is stable: equals stay in the order in which they began to wait.
      const expected = waiting.sort((a, b) => b.priority - a.priority);
      expect(order).toEqual(expected.map(({ taskforce_uuid }) => taskforce_uuid));
    } finally {
      await story.close();
    }
  });
});

async function createTaskforces(user: Story): Promise<string[]> {
  const uuids: string[] = [];
  for (let workflow = 0; workflow < WORKFLOWS; workflow++) {
    const tasks = Array.from({ length: TASKS }, (_, n) => task(LOCATIONS, { task_args: `part ${n}` }));
    const { taskforces } = await user.submitWorkflow(tasks, { priority: (workflow * 37) % 101 });
    uuids.push(...taskforces.map(({ taskforce_uuid }) => taskforce_uuid));
  }
  return uuids;
}

/** Taskforces that a query finds in pending-starter. */
async function pendingCount(user: Story): Promise<number> {
  let count = 0;
  let after: string | null = null;
  do {
    const page: { body: { taskforces: unknown[]; next_after: string | null } } = await user.call(
      "POST",
      "/v1/query/taskforces",
      {
        query: { phase: "pending-starter" },
        projection: ["taskforce_uuid"],
        ...(after === null ? {} : { after }),
      },
    );
    count += page.body.taskforces.length;
    after = page.body.next_after;
  } while (after !== null);
  return count;
}
