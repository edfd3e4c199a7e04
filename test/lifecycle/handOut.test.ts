import { expect, it } from "vitest";
import { startScriptedMqs, statusResponse } from "../mqs/scriptedMqs.js";
import { makeTaskRequestAt, startServiceScenario } from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { deleteKeys, openRedis } from "../setup/testRedis.js";

it("a taskforce waits if the MQS does not know its queue, and the next ones are handed out", async () => {
  const mqs = await startScriptedMqs();
  const url = await freshDatabase();
  const redis = openRedis(url);
  const scenario = await startServiceScenario({
    REDIS_URL: url,
    MQS_ADDRESS: mqs.address,
    TMS_RETRY_WAIT: "600",
  });
  try {
    const at = scenario.nextAccessPoint();
    const lost = await scenario.submitWorkflow([makeTaskRequestAt([at.location], { input_queue_aliases: ["in"] })], {
      priority: 90,
    });
    const lostUuid = lost.taskforces[0]?.taskforce_uuid ?? "";
    await scenario.waitForPhase(lostUuid, "pending-starter");
    await deleteKeys(redis, "wms:*:profiles:*");
    mqs.script("profile", "*", statusResponse(404));
    const behind = await scenario.createPending(at, { priority: 10 });

    const { taskforce } = await scenario.leaseToStart(at.createTms);
    expect(taskforce.taskforce_uuid).toBe(behind.taskforce_uuid);
    expect(await at.createTms.leaseStarter()).toBeUndefined();
    expect((await scenario.readTaskforce(lostUuid)).phase).toBe("pending-starter");
  } finally {
    await scenario.close();
    await mqs.close();
    redis.disconnect();
  }
});
