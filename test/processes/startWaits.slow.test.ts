import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { startRedisServer } from "../../src/redis/redisServer.js";
import { startRedisProxy } from "../api/redisProxy.js";
import { freshDatabase } from "../setup/database.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { waitForValue } from "../setup/waitFor.js";
import { ServiceProcess } from "./serviceProcess.js";

const WAITS = "waiting until Redis is ready";

/** A Redis whose port refuses connections until it is restored. */
async function startAbsentRedis() {
  const proxy = await startRedisProxy(await freshDatabase());
  onTestFinished(() => proxy.close());
  await proxy.disconnect();
  return proxy;
}

/** Starts a Redis on a socket that takes some seconds to load its data. */
async function startLoadingRedis(): Promise<{ socket: string; loaded: Promise<unknown> }> {
  const [command, dir] = [await ensureRedisServer(), await temporaryFolder()];
  const filler = await startRedisServer({ command, dir, appendOnly: false });
  const redis = new Redis(filler.url);
  const KEYS = 1500;
  await redis.mset(...Array.from({ length: KEYS }, (_, n) => [`key-${n}`, "x".repeat(1000)]).flat());
  await redis.save();
  redis.disconnect();
  await filler.stop();
  const socket = join(dir, "redis.sock");
  const settings = async () => ({
    unixsocket: socket,
    "key-load-delay": "2000",
    "loading-process-events-interval-bytes": "1024",
  });
  const loaded = startRedisServer({ command, dir, appendOnly: false, settings });
  onTestFinished(async () => (await loaded).stop());
  return { socket, loaded };
}

test.each(["web", "worker"] as const)("%s waits for a Redis that is not there yet", async (program) => {
  const redis = await startAbsentRedis();
  const settings = { REDIS_URL: redis.url, METRICS_PORT: "0" };
  const service = new ServiceProcess(program, settings);
  await service.waitForOutput(new RegExp(WAITS));
  await redis.restore();
  await service.waitForOutput(/^WMS (?:worker runs|listens on)/m);
  const waits = service.logLines().filter(({ msg }) => msg === WAITS);
  expect(waits[0]).toMatchObject({ reason: expect.stringMatching(/^REDIS_URL: cannot reach redis:/), seconds: 60 });
});

test("a signal ends the wait for Redis", async () => {
  const redis = await startAbsentRedis();
  const service = new ServiceProcess("web", { REDIS_URL: redis.url });
  await service.waitForOutput(new RegExp(WAITS));
  service.signal("SIGTERM");
  expect(await service.waitForExit()).toBe(0);
});

test("a start fails when Redis is not there within the time", async () => {
  const redis = await startAbsentRedis();
  const service = new ServiceProcess("web", { REDIS_URL: redis.url, REDIS_WAIT_SECONDS: "1" });
  expect(await service.waitForExit()).toBe(1);
  expect(service.stderr).toMatch(/^\{.*waiting until Redis is ready.*\}\nREDIS_URL: cannot reach .*\n$/);
});

test("a start waits while Redis loads its data, and the health check of the compose file fails", async () => {
  const { socket, loaded } = await startLoadingRedis();
  const { services } = parse(await readFile("docker-compose.yml", "utf8")) as {
    services: { redis: { healthcheck: { test: [kind: string, check: string] } } };
  };
  // Compose writes a dollar sign twice.
  const check = services.redis.healthcheck.test[1].replaceAll("$$", "$");
  const isHealthy = () =>
    promisify(execFile)("sh", ["-c", check.replace(" ping ", ` -s ${socket} ping `)]).then(
      () => true,
      () => false,
    );
  const redis = new Redis({ path: socket, enableReadyCheck: false, maxRetriesPerRequest: null });
  redis.on("error", () => undefined);
  onTestFinished(() => redis.disconnect());
  const reply = await waitForValue(
    "Redis says that it loads its data",
    () => redis.get("key-0").catch((error: Error) => error.message),
    (text) => text !== null,
  );
  expect(reply).toMatch(/^LOADING/);
  expect(await isHealthy()).toBe(false);
  const service = new ServiceProcess("main", { REDIS_URL: socket });
  await service.waitForUrl();
  await loaded;
  expect(await isHealthy()).toBe(true);
});

test("SIGHUP ends a service in order, as SIGTERM does", async () => {
  const service = new ServiceProcess("main", { REDIS_URL: await freshDatabase() });
  await service.waitForUrl();
  service.signal("SIGHUP");
  expect(await service.waitForExit()).toBe(0);
  expect(service.logLines().map(({ msg }) => msg)).toContain("stopped");
});
