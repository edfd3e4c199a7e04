import { Writable } from "node:stream";
import { Redis } from "ioredis";
import { type Logger, pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { connectRequestClient, connectWorkerClient } from "../../src/redis/connectClients.js";
import { type RedisServer, startRedisServer } from "../../src/redis/redisServer.js";
import { temporaryFolder, waitUntil } from "./serviceProcess.js";

/** A log whose messages the test can read. */
function recordMessages(): { log: Logger; messages: string[] } {
  const messages: string[] = [];
  const sink = new Writable({
    write(line: Buffer, _encoding, done) {
      messages.push((JSON.parse(line.toString()) as { msg: string }).msg);
      done();
    },
  });
  return { log: pino(sink), messages };
}

async function startRedis(): Promise<RedisServer> {
  const command = await ensureRedisServer();
  const started = await startRedisServer({ command, dir: await temporaryFolder(), appendOnly: false });
  onTestFinished(() => started.stop());
  return started;
}

/** Cuts every connection but its own, as a restart of Redis does. */
async function cutConnections(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.call("CLIENT", "KILL", "SKIPME", "yes");
  redis.disconnect();
}

test.each([
  ["requests", connectRequestClient],
  ["workers", connectWorkerClient],
])("the client for %s logs one line when the connection is lost and one when it is back", async (_, connect) => {
  const { url } = await startRedis();
  const { log, messages } = recordMessages();
  const client = await connect({ url }, log);
  onTestFinished(() => client.disconnect());

  await cutConnections(url);

  await waitUntil("both lines are there", () => messages.length >= 2);
  await client.ping();
  expect(messages).toEqual(["the connection to Redis is lost", "the connection to Redis is back"]);
});

test("however long Redis is away, the loss is logged once, and requests fail at once meanwhile", async () => {
  const { url, stop } = await startRedis();
  const { log, messages } = recordMessages();
  const client = await connectRequestClient({ url }, log);
  onTestFinished(() => client.disconnect());
  let attempts = 0;
  client.on("reconnecting", () => attempts++);

  await stop();
  await waitUntil("some attempts to reconnect have failed", () => attempts >= 3);

  await expect(client.ping()).rejects.toThrow();
  expect(messages).toEqual(["the connection to Redis is lost"]);
});

test("a command of a worker waits for Redis to be back", async () => {
  const { url } = await startRedis();
  const client = await connectWorkerClient({ url }, recordMessages().log);
  onTestFinished(() => client.disconnect());
  const lost = new Promise((resolve) => client.once("reconnecting", resolve));
  await cutConnections(url);
  await lost;

  expect(await client.ping()).toBe("PONG");
});
