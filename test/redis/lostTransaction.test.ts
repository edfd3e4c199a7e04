import { expect, test } from "vitest";
import { isRedisUnavailable } from "../../src/domain/redisOutage.js";
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
