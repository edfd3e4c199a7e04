import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { findFreePort, startRedisServer } from "../../src/redis/redisServer.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";

test("a server starts with another port if its port is taken", async () => {
  const otherServer = createServer().listen(0, "127.0.0.1");
  await once(otherServer, "listening");
  onTestFinished(() => void otherServer.close());
  const { port: taken } = otherServer.address() as AddressInfo;
  const ports = [taken, await findFreePort()];
  const server = await startRedisServer({
    command: await ensureRedisServer(),
    dir: await temporaryFolder(),
    appendOnly: false,
    settings: async () => ({ "cluster-enabled": "yes", "cluster-port": String(ports.shift()) }),
  });
  onTestFinished(() => server.stop());
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  expect(await redis.ping()).toBe("PONG");
  expect(ports).toEqual([]);
});
