import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { findFreePort, startRedisServer } from "../../src/redis/redisServer.js";
import { temporaryFolder } from "../processes/serviceProcess.js";

test("a server whose port somebody else took meanwhile is started with another one", async () => {
  const somebody = createServer().listen(0, "127.0.0.1");
  await once(somebody, "listening");
  onTestFinished(() => void somebody.close());
  const { port: taken } = somebody.address() as AddressInfo;
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
