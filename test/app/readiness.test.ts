import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { startRedisServer } from "../../src/redis/redisServer.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";

/** A service on its own Redis, which the test may break. */
async function onItsOwnRedis() {
  const dir = await mkdtemp(join(tmpdir(), "wms-test-"));
  const server = await startRedisServer({
    command: await ensureRedisServer(),
    dir,
    appendOnly: false,
  });
  const redis = new Redis(server.url, { retryStrategy: () => null });
  redis.on("error", () => undefined);
  const service = await startTestService({ REDIS_URL: server.url });
  onTestFinished(async () => {
    await service.close();
    redis.disconnect();
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const readyz = async () => {
    const response = await fetch(`${service.url}/readyz`);
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, retryAfter: response.headers.get("retry-after"), body };
  };
  return { redis, dir, readyz, server };
}

const notReady = (why: string) => ({
  status: 503,
  retryAfter: expect.stringMatching(/^[1-9]\d*$/),
  body: { code: 503, error: `not ready: ${why}` },
});

test("a ready service lists its checks", async () => {
  const { readyz } = await onItsOwnRedis();
  expect(await readyz()).toMatchObject({
    status: 200,
    body: {
      status: "ready",
      checks: {
        redis: { status: "ok", seconds: expect.any(Number) },
        layout: { status: "ok", version: 2, partitions: 16 },
        workers: { status: "ok", count: 1 },
        draining: false,
      },
    },
  });
});

test("a service without workers is ready and says so, also when they can't be counted", async () => {
  const server = await startOwnRedis();
  const redis = new Redis(server.url);
  const web = await startTestService({ REDIS_URL: server.url }, undefined, { workers: false });
  onTestFinished(async () => {
    await web.close();
    redis.disconnect();
  });
  const readyz = async () => {
    const response = await fetch(`${web.url}/readyz`);
    return { status: response.status, body: (await response.json()) as { checks: { workers: unknown } } };
  };
  expect(await readyz()).toMatchObject({ status: 200, body: { checks: { workers: { status: "none", count: 0 } } } });
  const worker = await startTestService({ REDIS_URL: server.url });
  expect((await readyz()).body.checks.workers).toEqual({ status: "ok", count: 1 });
  await worker.close();
  expect((await readyz()).body.checks.workers).toEqual({ status: "none", count: 0 });
  await redis.acl("SETUSER", "default", "-mget");
  expect(await readyz()).toMatchObject({
    status: 200,
    body: { checks: { workers: { status: "unknown", count: null } } },
  });
});

/** Makes Redis refuse writes like with a full disk, because it can't save its data. */
async function loseDisk(redis: Redis, dir: string): Promise<void> {
  await rm(dir, { recursive: true });
  await redis.config("SET", "save", "3600 1");
  await redis.bgsave();
  await waitForValue(
    "saving has failed",
    () => redis.info("persistence"),
    (info) => info.includes("rdb_last_bgsave_status:err"),
  );
}

test.each<[string, string, (redis: Redis, dir: string) => Promise<unknown>, (redis: Redis) => Promise<unknown>]>([
  [
    "has no memory left",
    "OOM",
    (redis) => redis.config("SET", "maxmemory", "1"),
    (redis) => redis.config("SET", "maxmemory", "0"),
  ],
  ["became a replica", "READONLY", (redis) => redis.replicaof("127.0.0.1", 1), (redis) => redis.replicaof("NO", "ONE")],
  [
    "has too few replicas",
    "NOREPLICAS",
    (redis) => redis.config("SET", "min-replicas-to-write", "1"),
    (redis) => redis.config("SET", "min-replicas-to-write", "0"),
  ],
  ["can't write to its disk", "MISCONF", loseDisk, (redis) => redis.config("SET", "save", "")],
])("with a Redis that %s the service is not ready until it is repaired", async (_what, word, harm, repair) => {
  const { redis, dir, readyz } = await onItsOwnRedis();
  await harm(redis, dir);
  // A connection to a replica is closed first, which may fail a check.
  await expect.poll(readyz).toEqual(notReady(`Redis takes no writes (${word})`));
  await repair(redis);
  await waitForValue("ready again", readyz, ({ status }) => status === 200);
});

test("a service is not ready while Redis is unreachable", async () => {
  const { readyz, server } = await onItsOwnRedis();
  await server.stop();
  await waitForValue("not ready", readyz, ({ status }) => status === 503);
  expect(await readyz()).toEqual(notReady("Redis does not answer"));
});

test.each([
  [
    "version",
    "1",
    "the data in this Redis has layout 1, and this release works with 2; run ewms-admin migrate, or use the release that wrote it",
  ],
  ["partitions", "8", "STORE_PARTITIONS: is 16, but the data in this Redis was written with 8; set STORE_PARTITIONS=8"],
])("a service is not ready with data of another layout (%s)", async (field, value, why) => {
  const { redis, readyz } = await onItsOwnRedis();
  await redis.hset("wms:layout", field, value);
  expect(await readyz()).toEqual(notReady(why));
});

test("the layout is written again after a flush of Redis", async () => {
  const { redis, readyz } = await onItsOwnRedis();
  await redis.flushall();
  expect(await readyz()).toMatchObject({ status: 200 });
  expect(await redis.hgetall("wms:layout")).toEqual({ version: "2", partitions: "16", indexes: "2" });
});
