import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { waitUntil } from "../setup/waitFor.js";
import {
  createSmallWorkflow,
  isPortOpen,
  readEntity,
  ServiceProcess,
  startRequest,
  WORKFLOW_REQUEST_JSON,
} from "./serviceProcess.js";

const main = (dataDir: string): ServiceProcess => new ServiceProcess("main", { DATA_DIR: dataDir });

test("npm start's program prints its address, its Redis and a command to try", async () => {
  const dataDir = await temporaryFolder();
  const service = main(dataDir);
  const url = await service.waitForUrl();
  expect(await service.waitForOutput(/data in (.+)/)).toBe(dataDir);
  const tip = await service.waitForOutput(/Try: curl (\S+)/);
  expect(tip.startsWith(url)).toBe(true);
  expect(await service.waitForOutput(/API: (\S+)/)).toBe(`${url}/docs/`);
});

test("a second start finds yesterday's workflows", async () => {
  const dataDir = await temporaryFolder();
  const yesterday = main(dataDir);
  const url = await yesterday.waitForUrl();
  const { workflow } = await createSmallWorkflow(url);
  const asItWas = await readEntity(url, workflow);
  yesterday.signal("SIGTERM");
  expect(await yesterday.waitForExit()).toBe(0);

  const today = main(dataDir);
  expect(await readEntity(await today.waitForUrl(), workflow)).toEqual(asItWas);
});

describe.each(["SIGINT", "SIGTERM"] as const)("%s", (signal) => {
  test("ends the process with code 0, and its Redis with it", async () => {
    const dataDir = await temporaryFolder();
    const service = main(dataDir);
    const port = await service.waitForRedisPort();
    expect(await isPortOpen(port)).toBe(true);

    service.signal(signal);

    expect(await service.waitForExit()).toBe(0);
    expect(await isPortOpen(port)).toBe(false);
    expect(existsSync(join(dataDir, "wms.lock"))).toBe(false);
  });
});

test("a request in progress at Ctrl-C gets its answer, with connection: close", async () => {
  const service = main(await temporaryFolder());
  const request = await startRequest(await service.waitForUrl());
  service.signal("SIGINT");
  await service.waitForOutput(/stopping/);

  request.write(WORKFLOW_REQUEST_JSON);

  const answer = await request.answer;
  expect(answer).toMatch(/HTTP\/1\.1 200 .*"workflow_id"/s);
  expect(answer).toMatch(/^connection: close\r$/im);
  expect(await service.waitForExit()).toBe(0);
});

test("a second Ctrl-C ends the process at once, and Redis ends all the same", async () => {
  const service = main(await temporaryFolder());
  const port = await service.waitForRedisPort();
  await startRequest(await service.waitForUrl());
  service.signal("SIGINT");
  await service.waitForOutput(/stopping/);

  await waitUntil("the process ends", () => {
    service.signal("SIGINT");
    return service.hasEnded;
  });

  expect(await service.waitForExit()).toBe(130);
  await waitUntil("Redis has ended", async () => !(await isPortOpen(port)));
});

test("after kill -9, the next start finds everything that was there", async () => {
  const dataDir = await temporaryFolder();
  const killed = main(dataDir);
  const url = await killed.waitForUrl();
  const { workflow } = await createSmallWorkflow(url);
  const asItWas = await readEntity(url, workflow);
  const port = await killed.waitForRedisPort();
  killed.signal("SIGKILL");
  expect(await killed.waitForExit()).toBe("SIGKILL");

  const next = main(dataDir);

  expect(await readEntity(await next.waitForUrl(), workflow)).toEqual(asItWas);
  expect(await next.waitForRedisPort()).not.toBe(port);
  expect(await isPortOpen(port)).toBe(false);
});

test("what an earlier start left behind in the data folder is no hindrance", async () => {
  const dataDir = await temporaryFolder();
  mkdirSync(dataDir, { recursive: true });
  // The process exists, but its Redis does not: after a reboot another program can have the same process id.
  writeFileSync(join(dataDir, "wms.lock"), JSON.stringify({ pid: process.pid, port: 1 }));
  expect(await main(dataDir).waitForUrl()).toMatch(/^http:/);
});

test("a data folder that a living WMS uses is refused in one sentence", async () => {
  const dataDir = await temporaryFolder();
  const first = main(dataDir);
  const port = await first.waitForRedisPort();

  const second = main(dataDir);

  expect(await second.waitForExit()).toBe(1);
  expect(second.stderr).toMatch(/^DATA_DIR: .+ is in use by another WMS \(process \d+\); .+\n$/);
  expect(await isPortOpen(port)).toBe(true);
});

test("a process whose own Redis has ended ends too, with code 1", async () => {
  const service = main(await temporaryFolder());
  const redis = new Redis(await service.waitForRedisPort(), "127.0.0.1", { retryStrategy: () => null });
  redis.on("error", () => undefined);
  onTestFinished(() => redis.disconnect());
  await redis.shutdown().catch(() => undefined);

  expect(await service.waitForExit()).toBe(1);
  expect(service.stderr).toMatch(/the Redis server of this process has exited/);
});
