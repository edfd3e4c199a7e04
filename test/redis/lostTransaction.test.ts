import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { startCluster } from "../../scripts/redis/localCluster.js";
import { findRedisRefusal, isRedisUnavailable } from "../../src/domain/redisOutage.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { openRedis } from "../setup/testRedis.js";

test("a transaction whose connection is lost fails as any other command of it", async () => {
  const server = await startOwnRedis();
  const redis = openRedis(server.url);
  await redis.call("CLIENT", "PAUSE", "3600000", "ALL");
  const transaction = redis.multi().get("one").get("other").exec();

  redis.disconnect();

  const error = await transaction.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // ioredis attaches the error of the first commands to that of EXEC: here, they are one object.
  expect((error as { previousErrors: unknown[] }).previousErrors).toContain(error);
  expect(isRedisUnavailable(error)).toBe(true);
});

test("a transaction that a node of a cluster refuses, because another one has the slot, can be repeated", async () => {
  const cluster = await startCluster({ masters: 3 });
  // A client of one node gets the reply that a client of the cluster gets when it gives up during a failover.
  const nodes = cluster.servers.map(({ port }) => new Redis(port));
  try {
    const attempts = await Promise.allSettled(nodes.map((node) => node.multi().set("{1}:a", 1).get("{1}:a").exec()));
    const refused = attempts.flatMap((each) => (each.status === "rejected" ? [each.reason as Error] : []));
    expect(refused.map(({ message }) => message)).toEqual(Array(2).fill(expect.stringMatching(/^EXECABORT/)));
    for (const error of refused) {
      expect(isRedisUnavailable(error)).toBe(true);
      expect(findRedisRefusal(error)).toBe("MOVED");
    }
  } finally {
    for (const node of nodes) node.disconnect();
    await cluster.stop();
  }
});
