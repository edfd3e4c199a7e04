import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type LocalCluster, startCluster } from "../../scripts/redis/localCluster.js";
import { queueKeyPrefix } from "../../src/queues/queueOptions.js";
import { BACKGROUND_QUEUE_NAMES } from "../../src/queues/queues.js";
import type { RedisServer } from "../../src/redis/redisServer.js";
import { ServiceProcess } from "../processes/serviceProcess.js";

let cluster: LocalCluster;
let settings: Record<string, string>;

beforeAll(async () => {
  cluster = await startCluster({ masters: 3, settings: { "cluster-node-timeout": "1000" } });
  settings = { REDIS_CLUSTER_NODES: cluster.addresses, STORE_PARTITIONS: "48" };
});
afterAll(() => cluster?.stop());

/** The server of the slot of a queue. */
async function serverOf(queue: string): Promise<RedisServer> {
  const [first] = cluster.servers;
  const redis = new Redis(first?.url ?? "");
  onTestFinished(() => redis.disconnect());
  const slot = (await redis.call("CLUSTER", "KEYSLOT", queueKeyPrefix(queue))) as number;
  const ranges = (await redis.call("CLUSTER", "SLOTS")) as [from: number, to: number, master: [string, number]][];
  const [, , [, port]] = ranges.find(([from, to]) => slot >= from && slot <= to) as (typeof ranges)[number];
  return cluster.servers.find((server) => server.port === port) as RedisServer;
}

test("without one of its masters, a cluster neither delays a shutdown nor ends a start that waits for it", async () => {
  const running = new ServiceProcess("main", settings);
  await running.waitForUrl();
  await (await serverOf(BACKGROUND_QUEUE_NAMES.activation)).stop();
  await running.waitForOutput(/connection to a node of the Redis Cluster is lost/);
  running.signal("SIGTERM");
  expect(await running.waitForExit()).toBe(0);
  const late = running.logLines().filter(({ msg }) => /did not (?:end|close) in time/.test(msg ?? ""));
  expect(late.map(({ step, steps }) => step ?? steps)).toEqual([]);

  const waiting = new ServiceProcess("web", settings);
  await waiting.waitForOutput(/waiting until Redis is ready/);
  const refused = new ServiceProcess("web", { ...settings, REDIS_WAIT_SECONDS: "0" });
  expect(await refused.waitForExit()).toBe(1);
  expect(refused.stderr).toMatch(/^REDIS_CLUSTER_NODES: .*\n$/);
  expect(refused.stderr).toContain(cluster.addresses.replaceAll(",", ", "));
  expect(waiting.hasEnded).toBe(false);
});
