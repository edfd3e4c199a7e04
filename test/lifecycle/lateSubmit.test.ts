import { afterAll, beforeAll, expect, it } from "vitest";
import type { TaskforceUuid, WorkflowId } from "../../src/domain/ids.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore } from "../../src/store/store.js";
import { openRedis } from "../setup/testRedis.js";
import { freshDatabase, PARTITIONS } from "../setup/database.js";
import { logOf, type Story, startStory } from "../scenarios/serviceScenario.js";

let redis: RedisClient;
let story: Story;
beforeAll(async () => {
  const url = await freshDatabase();
  redis = openRedis(url);
  story = await startStory({ REDIS_URL: url, RECONCILE_SECONDS: "3600" });
});
afterAll(async () => {
  await story.close();
  redis.disconnect();
});

it("a cluster reported between a workflow's deactivation and its taskforce's is handed out to be stopped", async () => {
  const at = story.accessPoint();
  const { taskforce_uuid, workflow_id } = await story.pending(at);
  const handOut = await story.takes(at.tms);
  const store = await openStore(redis, { partitions: PARTITIONS });
  // The flip alone, as of a process that died right after it.
  await store.transitions.deactivate(workflow_id as WorkflowId, "ABORTED", Date.now() / 1000);

  const { cluster_id } = await at.tms.submit(handOut);

  expect(await at.tms.takeStopper()).toMatchObject({ taskforce_uuid, cluster_id });
  expect(logOf(await story.taskforce(taskforce_uuid)).slice(-2)).toEqual([
    "no condor-submit by TMS",
    "pending-stopper by User",
  ]);
  expect((await store.fetch("taskforce", taskforce_uuid as TaskforceUuid))?.phase).toBe("pending-stopper");
});
