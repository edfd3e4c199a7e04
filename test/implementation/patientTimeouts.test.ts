import { expect, onTestFinished, test } from "vitest";
import { openClient } from "../../src/redis/openClient.js";
import { startRedisProxy } from "../api/redisProxy.js";
import { freshDatabase } from "../setup/database.js";

const POLICY = { commandTimeout: 300, retryStrategy: () => null };

/** Blocks this thread, as a suspended process is blocked. */
const standStill = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

test("a command whose reply arrived while the process stood still does not time out", async () => {
  const client = openClient({ url: await freshDatabase() }, POLICY);
  onTestFinished(() => client.disconnect());
  await client.connect();
  const reply = client.ping();
  // The command is written when the turn of the event loop ends.
  await new Promise((resolve) => setImmediate(resolve));
  standStill(3 * POLICY.commandTimeout);
  expect(await reply).toBe("PONG");
});

test("a command that is written only after the process stood still does not time out", async () => {
  const client = openClient({ url: await freshDatabase() }, POLICY);
  onTestFinished(() => client.disconnect());
  await client.connect();
  const reply = client.ping();
  standStill(3 * POLICY.commandTimeout);
  expect(await reply).toBe("PONG");
});

test("a connection stays open while the process stands still", async () => {
  const policy = { socketTimeout: 300, retryStrategy: () => null };
  const client = openClient({ url: await freshDatabase() }, policy);
  onTestFinished(() => client.disconnect());
  await client.connect();
  for (let n = 0; n < 3; n++) {
    const reply = client.ping();
    await new Promise((resolve) => setImmediate(resolve));
    standStill(3 * policy.socketTimeout);
    expect(await reply).toBe("PONG");
    expect(client.status).toBe("ready");
  }
});

test("a command without a reply times out", async () => {
  const proxy = await startRedisProxy(await freshDatabase());
  onTestFinished(() => proxy.close());
  const client = openClient({ url: proxy.url }, POLICY);
  onTestFinished(() => client.disconnect());
  await client.connect();
  proxy.dropResponses();
  await expect(client.ping()).rejects.toThrow("Command timed out");
});
