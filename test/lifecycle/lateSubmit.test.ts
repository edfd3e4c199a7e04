import { afterAll, beforeAll, expect, it } from "vitest";
import type { TaskforceUuid, WorkflowId } from "../../src/domain/ids.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { openStore } from "../../src/store/store.js";
import { type ServiceScenario, shortLog, startServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase, PARTITIONS } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";

let redis: RedisClient;
let scenario: ServiceScenario;
beforeAll(async () => {
  const url = await freshDatabase();
  redis = openRedis(url);
  scenario = await startServiceScenario({ REDIS_URL: url, RECONCILE_SECONDS: "3600" });
});
afterAll(async () => {
  await scenario.close();
  redis.disconnect();
});

it("a cluster reported between the deactivations of its workflow and its taskforce is handed out for removal", async () => {
  const at = scenario.nextAccessPoint();
  const { taskforce_uuid, workflow_id } = await scenario.createPending(at);
  const handOut = await scenario.leaseToStart(at.createTms);
  const store = await openStore(redis, { partitions: PARTITIONS });
  // Only the change of the flag, as if the process died after it.
  await store.transitions.deactivate(workflow_id as WorkflowId, "ABORTED", Date.now() / 1000);

  const { cluster_id } = await at.createTms.submit(handOut);

  expect(await at.createTms.leaseStopper()).toMatchObject({ taskforce_uuid, cluster_id });
  expect(shortLog(await scenario.readTaskforce(taskforce_uuid)).slice(-2)).toEqual([
    "no condor-submit by TMS",
    "pending-stopper by User",
  ]);
  expect((await store.fetch("taskforce", taskforce_uuid as TaskforceUuid))?.phase).toBe("pending-stopper");
});
