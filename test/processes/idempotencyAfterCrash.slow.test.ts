import { expect, onTestFinished, test } from "vitest";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";
import { ServiceProcess, workflowRequestJson } from "./serviceProcess.js";

/** A workflow that is written in several steps. */
const { tasks, ...rest } = JSON.parse(workflowRequestJson()) as { tasks: object[] };
const TASKS = 1500;
const REQUEST = JSON.stringify({
  ...rest,
  tasks: Array.from({ length: TASKS }, (_, n) => ({ ...tasks[0], task_args: `part ${n}` })),
});

const create = (url: string) =>
  fetch(`${url}/v1/workflows`, { method: "POST", body: REQUEST, headers: { "idempotency-key": "the-one" } });

interface Created {
  workflow: { workflow_id: string };
  taskforces: { taskforce_uuid: string }[];
}

/** Ids of all workflows and taskforces that others can see, as a query finds them. */
async function readVisible(url: string): Promise<{ workflows: string[]; taskforces: string[] }> {
  const all = async (kind: string, id: string) => {
    const body = JSON.stringify({ query: {}, projection: [id] });
    const response = await fetch(`${url}/v1/query/${kind}`, { method: "POST", body });
    return ((await response.json()) as Record<string, Record<string, string>[]>)[kind]?.map((each) => each[id] ?? "");
  };
  return {
    workflows: (await all("workflows", "workflow_id")) ?? [],
    taskforces: (await all("taskforces", "taskforce_uuid")) ?? [],
  };
}

/** Starts a process, and kills it once so many keys are in Redis after a request came. */
async function killAfterKeys(keys: number): Promise<{ url: string; redis: RedisClient }> {
  const REDIS_URL = await freshDatabase();
  const redis = openRedis(REDIS_URL);
  onTestFinished(() => redis.disconnect());
  const doomed = new ServiceProcess("web", { REDIS_URL });
  const request = create(await doomed.waitForUrl()).then(
    ({ status }) => status,
    () => "lost",
  );
  await waitUntil("the request is being served", async () => (await findKeys(redis, "*idempotency*")).length > 0);
  await waitUntil(`there are ${keys} keys`, async () => (await findKeys(redis, "*")).length >= keys);
  doomed.signal("SIGKILL");
  await doomed.waitForExit();
  await request;
  return { url: await new ServiceProcess("web", { REDIS_URL }).waitForUrl(), redis };
}

test.each([0, 2000, 2 * TASKS])(
  "a process that is killed with %d keys written leaves the workflow and its key, or neither",
  async (keys) => {
    const { url, redis } = await killAfterKeys(keys);
    const left = await readVisible(url);
    const [key = ""] = await findKeys(redis, "*idempotency*");
    const { made } = JSON.parse((await redis.get(key)) ?? "{}") as { made?: string };
    expect(left.workflows).toEqual(made === undefined ? [] : [made]);

    // A claim of the dead process counts for some seconds more; here for fewer.
    if (made === undefined) await redis.pexpire(key, 200);
    let answer = await create(url);
    await waitUntil("the request is served again", async () => {
      if (answer.status !== 409) return true;
      answer = await create(url);
      return answer.status !== 409;
    });
    expect(answer.status).toBe(200);
    const { workflow, taskforces } = (await answer.json()) as Created;
    if (made !== undefined) expect(workflow.workflow_id).toBe(made);
    const now = await readVisible(url);
    expect(now.workflows).toEqual([workflow.workflow_id]);
    expect(now.taskforces.sort()).toEqual(taskforces.map(({ taskforce_uuid }) => taskforce_uuid).sort());
    expect(now.taskforces).toHaveLength(TASKS);
  },
  60_000,
);
