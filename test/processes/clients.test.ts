import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { connectClient } from "../../src/redis/connectClients.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { recordingLog } from "../setup/recordingLog.js";
import { waitUntil } from "../setup/waitFor.js";

const messagesOf = (lines: readonly string[]): string[] =>
  lines.map((line) => (JSON.parse(line) as { msg: string }).msg);

/** Cuts every connection but its own, as a restart of Redis does. */
async function cutConnections(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.call("CLIENT", "KILL", "SKIPME", "yes");
  redis.disconnect();
}

test.each(["requests", "workers"] as const)(
  "the client for %s logs one line when the connection is lost and one when it is back",
  async (name) => {
    const { url } = await startOwnRedis();
    const { log, lines } = recordingLog();
    const client = await connectClient({ url }, name, log);
    onTestFinished(() => client.disconnect());

    await cutConnections(url);

    await waitUntil("both lines are there", () => lines.length >= 2);
    await client.ping();
    expect(messagesOf(lines)).toEqual(["the connection to Redis is lost", "the connection to Redis is back"]);
  },
);

test("while Redis is unreachable, the loss is logged once, and requests fail at once", async () => {
  const { url, stop } = await startOwnRedis();
  const { log, lines } = recordingLog();
  const client = await connectClient({ url }, "requests", log);
  onTestFinished(() => client.disconnect());
  let attempts = 0;
  client.on("reconnecting", () => attempts++);

  await stop();
  await waitUntil("some attempts to reconnect have failed", () => attempts >= 3);

  await expect(client.ping()).rejects.toThrow();
  expect(messagesOf(lines)).toEqual(["the connection to Redis is lost"]);
});

test("a command of a worker waits for Redis to be back", async () => {
  const { url } = await startOwnRedis();
  const client = await connectClient({ url }, "workers", recordingLog().log);
  onTestFinished(() => client.disconnect());
  const lost = new Promise((resolve) => client.once("reconnecting", resolve));
  await cutConnections(url);
  await lost;

  expect(await client.ping()).toBe("PONG");
});
