import { Redis } from "ioredis";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createReadinessCheck } from "../../src/app/readiness.js";
import { connectClient } from "../../src/redis/connectClients.js";
import { openStore } from "../../src/store/store.js";
import { startOwnRedis } from "../setup/ownRedis.js";

test("a draining service is not ready, and does not call Redis", async () => {
  const server = await startOwnRedis();
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  const client = await connectClient({ url: server.url }, "requests", pino({ level: "silent" }));
  onTestFinished(() => client.disconnect());
  const store = await openStore(client, { partitions: 16 });
  let draining = false;
  const readiness = createReadinessCheck(store, () => draining);
  await redis.config("RESETSTAT");
  const many = await Promise.all(Array.from({ length: 50 }, () => readiness()));
  expect(many.every(({ ready }) => ready)).toBe(true);
  const asked = async () => /^cmdstat_hmget:calls=(\d+)/m.exec(await redis.info("commandstats"))?.[1];
  // Concurrent checks share one call.
  expect(await asked()).toBe("1");
  draining = true;
  expect(await readiness()).toEqual({ ready: false, reason: "the service is draining" });
  expect(await asked()).toBe("1");
});
