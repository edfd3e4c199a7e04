import { expect, test } from "vitest";
import { startApiFixture } from "../api/apiFixture.js";
import { freshDatabase } from "../setup/database.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";

const QUERIES = [
  ["workflows", { deactivated: null }, "deactivated"],
  ["task-directives", { task_image: "/image/".repeat(30) }, "task_image"],
  ["taskforces", { priority: { $in: [1, 2] } }, "priority"],
  ["taskforces", { top_task_errors: { $ne: {} } }, "errors"],
  ["taskforces", { "phase_change_log.was_successful": false }, "failures"],
] as const;

test("queries of data of an earlier release are right throughout, and use its new indexes after a reconcile pass", async () => {
  const url = await freshDatabase();
  const settings = { REDIS_URL: url, RECONCILE_SECONDS: "0.3", TMS_RETRY_WAIT: "0" };
  const earlier = await startApiFixture(settings);
  const place = earlier.nextLocation();
  const { taskforce_uuid: uuid, workflow_id } = await earlier.createPendingTaskforce(place);
  await earlier.client.get(`/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`);
  await earlier.client.post(`/v1/tms/condor-submit/taskforces/${uuid}/failed`, { error: "no disk" });
  const { status } = await earlier.client.post("/v1/tms/statuses/taskforces", {
    top_task_errors_by_taskforce: { [uuid]: { "no disk": 1 } },
    compound_statuses_by_taskforce: { [uuid]: {} },
  });
  expect(status).toBe(200);
  for (const priority of [1, 2, 3])
    await earlier.createWorkflow(earlier.nextLocation(), { task_image: "/image/".repeat(30) }, { priority });
  await earlier.client.post(`/v1/workflows/${workflow_id}/actions/abort`);
  await earlier.close();

  const redis = openRedis(url);
  for (const key of await findKeys(redis, "wms:{*"))
    if (/:ix:\w+:(deactivated|task_image|priority|errors|failures):/.test(key)) await redis.unlink(key);
  await redis.hdel("wms:layout", "indexes");
  redis.disconnect();

  const upgraded = await startApiFixture(settings);
  try {
    const ask = async () => {
      const pages = [];
      for (const [plural, query] of QUERIES) pages.push(await upgraded.client.post(`/v1/query/${plural}`, { query }));
      expect(pages.map(({ body }) => body[Object.keys(body)[0] ?? ""].length)).toEqual([3, 3, 2, 1, 1]);
      return pages.map(({ headers }) => /index="(.*?)"/.exec(String(headers["ewms-query-plan"]))?.[1]);
    };
    const wanted = QUERIES.map(([, , index]) => index).join();
    await waitForValue("the indexes are used", ask, (indexes) => indexes.join() === wanted);
  } finally {
    await upgraded.close();
  }
});
