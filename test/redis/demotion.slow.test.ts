import type { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { readInfoField } from "../../src/redis/redisClient.js";
import { startTcpProxy } from "../processes/tcpProxy.js";
import { WORKFLOW_REQUEST_JSON } from "../processes/workflowRequestJson.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { recordingLog } from "../setup/recordingLog.js";
import { openRedis } from "../setup/testRedis.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";

/** A Redis server, its port, and a client of it. */
async function startServer() {
  const { url } = await startOwnRedis();
  const redis = openRedis(url) as Redis;
  onTestFinished(() => redis.disconnect());
  return { redis, port: new URL(url).port };
}

test.each([
  ["a write is refused", true],
  ["there are only reads", false],
])("a master that became a replica is left for the one to which its name leads, when %s", async (_, hasWrites) => {
  const [old, next] = [await startServer(), await startServer()];
  await next.redis.replicaof("127.0.0.1", old.port);
  const target = { host: "127.0.0.1", port: Number(old.port) };
  const name = await startTcpProxy(target);
  onTestFinished(() => name.close());
  const { log, lines } = recordingLog();
  const service = await startTestService({ REDIS_URL: `redis://127.0.0.1:${name.port}` }, log, { workers: hasWrites });
  onTestFinished(() => service.close());
  const create = () =>
    fetch(`${service.url}/v1/workflows`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: WORKFLOW_REQUEST_JSON,
    });
  expect((await create()).status).toBe(200);
  await waitUntil("the replica has the data", async () => (await next.redis.dbsize()) === (await old.redis.dbsize()));

  // As a managed Redis does it: the old master keeps its clients.
  await next.redis.replicaof("NO", "ONE");
  await old.redis.replicaof("127.0.0.1", next.port);
  target.port = Number(next.port);
  if (hasWrites) await waitForValue("a workflow is created", create, ({ status }) => status === 200);
  const read = () => fetch(`${service.url}/v1/workflows/WF-65f00000-00000000`);
  await waitUntil("no command reaches the old master", async () => {
    await read();
    const clients = String(await old.redis.client("LIST", "TYPE", "NORMAL"));
    return clients.trim().split("\n").length === 1;
  });
  expect(await waitForValue("a read", read, ({ status }) => status !== 503)).toMatchObject({ status: 404 });
  expect(await readInfoField(next.redis, "replication", "role")).toBe("master");
  expect(lines.some((line) => line.includes("is a replica now")) || hasWrites).toBe(true);
});
