import { expect, onTestFinished, test } from "vitest";
import { startRedisProxy } from "../api/redisProxy.js";
import { freshDatabase } from "../setup/database.js";
import { readDeliveryMarks, waitForMark } from "../setup/deliveryMarks.js";
import { sendRequest } from "../setup/http.js";
import { findKeys, openRedis } from "../setup/testRedis.js";
import { ServiceProcess, WORKFLOW_REQUEST_JSON } from "./serviceProcess.js";

interface Created {
  workflow: { workflow_id: string };
}

const create = (url: string) =>
  sendRequest<Created>(`${url}/v1/workflows`, { method: "POST", body: WORKFLOW_REQUEST_JSON });
const idOf = ({ body }: { body: Created }) => body.workflow.workflow_id;
const isReplayed = ({ headers }: Awaited<ReturnType<typeof create>>) => headers["idempotency-replayed"] === "true";

/** Two web processes; a proxy is between the first and Redis. */
async function startPair() {
  const url = await freshDatabase();
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  const proxy = await startRedisProxy(url);
  onTestFinished(() => proxy.close());
  const processes = [proxy.url, url].map((REDIS_URL) => new ServiceProcess("web", { REDIS_URL }));
  const [first = "", second = ""] = await Promise.all(processes.map((each) => each.waitForUrl()));
  return { redis, proxy, process: processes[0] as ServiceProcess, first, second };
}

test("requests that a killed process did not answer are made once, when their clients repeat them elsewhere", async () => {
  const { redis, proxy, process, first, second } = await startPair();
  const clients = 5;
  const responses = proxy.holdResponses();
  const unanswered = Array.from({ length: clients }, () => create(first).catch(() => "lost"));
  await waitForMark(responses, redis);
  process.signal("SIGKILL");
  await process.waitForExit();
  expect(await Promise.all(unanswered)).toEqual(Array.from({ length: clients }, () => "lost"));
  // Usually all of them: their scripts are sent in one turn of the event loop.
  const marks = await readDeliveryMarks(redis);

  const again = await Promise.all(Array.from({ length: clients }, () => create(second)));
  expect(again.map(({ status }) => status)).toEqual(Array.from({ length: clients }, () => 200));
  const replayed = again.filter(isReplayed);
  expect(replayed.map((each) => `open ${idOf(each)}`).toSorted()).toEqual(marks.toSorted());
  expect(new Set(again.map(idOf)).size).toBe(clients);
  const sixth = await create(second);
  expect(isReplayed(sixth)).toBe(false);
  expect(await findKeys(redis, "wms:{*}:workflow:*")).toHaveLength(clients + 1);
});

test("equal requests side by side in two processes are two requests", async () => {
  const { redis, proxy, first, second } = await startPair();
  const responses = proxy.holdResponses();
  const one = create(first);
  await waitForMark(responses, redis);
  const other = create(second);
  // The second waits until the first is delivered.
  await proxy.restore();
  expect([await one, await other].map(isReplayed)).toEqual([false, false]);
  expect(idOf(await one)).not.toBe(idOf(await other));
  expect(await findKeys(redis, "wms:{*}:workflow:*")).toHaveLength(2);
});
