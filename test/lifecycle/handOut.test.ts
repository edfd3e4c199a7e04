import { expect, it } from "vitest";
import { startScriptedMqs, status } from "../mqs/scriptedMqs.js";
import { deleteKeys, openRedis } from "../setup/testRedis.js";
import { freshDatabase } from "../setup/database.js";
import { startStory, task } from "../scenarios/serviceScenario.js";

it("a taskforce whose queue the MQS does not know waits, and those behind it are handed out", async () => {
  const mqs = await startScriptedMqs();
  const url = await freshDatabase();
  const redis = openRedis(url);
  const story = await startStory({ REDIS_URL: url, MQS_ADDRESS: mqs.address, TMS_RETRY_WAIT: "600" });
  try {
    const at = story.accessPoint();
    const lost = await story.submitWorkflow([task([at.location], { input_queue_aliases: ["in"] })], {
      priority: 90,
    });
    const lostUuid = lost.taskforces[0]?.taskforce_uuid ?? "";
    await story.reaches(lostUuid, "pending-starter");
    await deleteKeys(redis, "wms:*:profiles:*");
    mqs.script("profile", "*", status(404));
    const behind = await story.pending(at, { priority: 10 });

    const { taskforce } = await story.takes(at.tms);
    expect(taskforce.taskforce_uuid).toBe(behind.taskforce_uuid);
    expect(await at.tms.takeStarter()).toBeUndefined();
    expect((await story.taskforce(lostUuid)).phase).toBe("pending-starter");
  } finally {
    await story.close();
    await mqs.close();
    redis.disconnect();
  }
});
