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
  await store.processes.beat({ role: "worker", version: "1", host: "here", pid: 7, started: 1 });
  let draining = false;
  const readiness = createReadinessCheck(store, () => draining);
  await redis.config("RESETSTAT");
  const many = await Promise.all(Array.from({ length: 50 }, () => readiness()));
  expect(many.every(({ ready }) => ready)).toBe(true);
  const asked = async () => {
    const stats = await redis.info("commandstats");
    return ["hmget", "smembers", "mget"].map(
      (name) => new RegExp(`^cmdstat_${name}:calls=(\\d+)`, "m").exec(stats)?.[1],
    );
  };
  // Concurrent checks share one call. The workers cost one more round trip.
  expect(await asked()).toEqual(["1", "1", "1"]);
  draining = true;
  expect(await readiness()).toEqual({ ready: false, reason: "the service is draining" });
  expect(await asked()).toEqual(["1", "1", "1"]);
});
