import { expect, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { waitUntil } from "../setup/waitFor.js";
import { createSmallWorkflow, readEntity, ServiceProcess, WITH_QUEUES_JSON } from "./serviceProcess.js";

test("a web and a worker process share a Redis: the one takes the workflow, the other carries it on", async () => {
  const REDIS_URL = await freshDatabase();
  const web = new ServiceProcess("web", { REDIS_URL });
  const url = await web.waitForUrl();
  const { taskforce } = await createSmallWorkflow(url, WITH_QUEUES_JSON);
  const phase = async () => (await readEntity<{ phase: string }>(url, taskforce)).phase;
  expect(await phase()).toBe("pre-mq-activation");

  const worker = new ServiceProcess("worker", { REDIS_URL });
  await worker.waitForOutput(/WMS worker runs/);
  await waitUntil("the taskforce may be handed out", async () => (await phase()) === "pending-starter");

  for (const process of [web, worker]) process.signal("SIGTERM");
  expect(await Promise.all([web.waitForExit(), worker.waitForExit()])).toEqual([0, 0]);
});
