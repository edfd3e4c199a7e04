import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import type { LiveProcess } from "../../src/store/processRegistry.js";
import { startScriptedMqs } from "../mqs/scriptedMqs.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue } from "../setup/waitFor.js";

async function startOnOwnRedis(settings: Record<string, string> = {}) {
  const server = await startOwnRedis();
  const redis = new Redis(server.url);
  const service = await startTestService({ REDIS_URL: server.url, ...settings });
  onTestFinished(async () => {
    await service.close();
    redis.disconnect();
  });
  const heartbeats = async (): Promise<LiveProcess[]> => {
    const keys = (await redis.smembers("wms:{processes}")).map((id) => `wms:{processes}:${id}`);
    return keys.length === 0 ? [] : (await redis.mget(keys)).map((text) => JSON.parse(text ?? "null") as LiveProcess);
  };
  return { service, redis, heartbeats };
}

test("a heartbeat reports the state of its process", async () => {
  const mqs = await startScriptedMqs();
  onTestFinished(() => mqs.close());
  const { service, heartbeats } = await startOnOwnRedis({ MQS_ADDRESS: mqs.address });
  // An open connection of a client.
  expect((await fetch(`${service.url}/healthz`)).status).toBe(200);

  const [first] = await waitForValue(
    "a heartbeat with a connection and a pass of reconcile",
    heartbeats,
    ([one]) => (one?.connections ?? 0) > 0 && one?.reconcile != null,
  );

  expect(first).toMatchObject({
    role: "web worker",
    pid: process.pid,
    connections: 1,
    event_loop_delay_ms: expect.any(Number),
    upstreams: {
      mqs: { last_success: null, failing_since: null, last_error: null, latency_ms: null },
      // Without tokens and logins, the process calls no identity provider.
      identity_provider: null,
      pilot_images: null,
    },
    reconcile: { seconds: expect.any(Number), added: 0, dropped: 0 },
  });
  expect(first?.rss_bytes).toBeGreaterThan(10 * 1024 * 1024);
  expect(first?.reconcile?.at).toBeGreaterThan(first?.started ?? Number.NaN);
  expect(first?.reconcile?.at).toBeLessThanOrEqual(first?.seen ?? Number.NaN);
  // Redis runs on this machine.
  expect(Math.abs(first?.clock_difference_seconds ?? Number.NaN)).toBeLessThan(1);
});

test("a start reports and measures its clock once", async () => {
  const { redis } = await startOnOwnRedis();
  const stats = await redis.info("commandstats");
  const callsOf = (command: string) => Number(new RegExp(`^cmdstat_${command}:calls=(\\d+)`, "m").exec(stats)?.[1]);
  expect(callsOf("time")).toBe(1);
  // The list of processes is the only set that is written on an empty Redis.
  expect(callsOf("sadd")).toBe(1);
});
