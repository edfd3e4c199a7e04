import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, onTestFinished, test } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { startRedisServer } from "../../src/redis/redisServer.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { waitUntil } from "../setup/waitFor.js";
import {
  createSmallWorkflow,
  isListeningOn,
  readEntity,
  ServiceProcess,
  startRequest,
  WORKFLOW_REQUEST_JSON,
} from "./serviceProcess.js";

const permissionsOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Returns the id of a process that has ended. */
async function endedProcess(): Promise<number> {
  const child = spawn("true");
  await once(child, "exit");
  return child.pid ?? 0;
}

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
    const socket = await service.waitForRedisSocket();
    expect(await isListeningOn(socket)).toBe(true);

    service.signal(signal);

    expect(await service.waitForExit()).toBe(0);
    expect(await isListeningOn(socket)).toBe(false);
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
  const socket = await service.waitForRedisSocket();
  await startRequest(await service.waitForUrl());
  service.signal("SIGINT");
  await service.waitForOutput(/stopping/);

  await waitUntil("the process ends", () => {
    service.signal("SIGINT");
    return service.hasEnded;
  });

  expect(await service.waitForExit()).toBe(130);
  await waitUntil("Redis has ended", async () => !(await isListeningOn(socket)));
});

test("after kill -9, the next start finds everything that was there", async () => {
  const dataDir = await temporaryFolder();
  const killed = main(dataDir);
  const url = await killed.waitForUrl();
  const { workflow } = await createSmallWorkflow(url);
  const asItWas = await readEntity(url, workflow);
  const socket = await killed.waitForRedisSocket();
  killed.signal("SIGKILL");
  expect(await killed.waitForExit()).toBe("SIGKILL");

  const next = main(dataDir);

  expect(await readEntity(await next.waitForUrl(), workflow)).toEqual(asItWas);
  expect(await next.waitForRedisSocket()).toBe(socket);
});

test("its Redis has no port, and a socket that other users can't reach", async () => {
  const dataDir = await temporaryFolder();
  const service = main(dataDir);
  const socket = await service.waitForRedisSocket();
  expect(socket).toBe(join(dataDir, "socket/redis.sock"));
  expect(permissionsOf(dirname(socket))).toBe("700");
  expect(permissionsOf(socket)).toBe("700");
  const dataFiles = readdirSync(dataDir).filter((name) => name.startsWith("append"));
  expect(dataFiles.map((name) => permissionsOf(join(dataDir, name)).slice(1))).toEqual(["00"]);
  const redis = new Redis(socket);
  onTestFinished(() => redis.disconnect());
  expect(await redis.config("GET", "port")).toEqual(["port", "0"]);
  const clients = String(await redis.client("LIST"))
    .trim()
    .split("\n");
  expect(clients.length).toBeGreaterThan(3);
  for (const client of clients) expect(client).toContain(`laddr=${socket}:0`);
});

test("a socket folder that other users could enter becomes private, and files left in it are no hindrance", async () => {
  const dataDir = await temporaryFolder();
  mkdirSync(join(dataDir, "socket"), { mode: 0o755 });
  for (const name of ["probe.sock", "redis.sock"]) writeFileSync(join(dataDir, "socket", name), "");
  const socket = await main(dataDir).waitForRedisSocket();
  expect(socket).toBe(join(dataDir, "socket/redis.sock"));
  expect(permissionsOf(dirname(socket))).toBe("700");
});

test.each([
  ["longer than a socket's path may be", "x".repeat(100)],
  ["with a character that has a meaning in Redis addresses", "why?"],
])("a data folder with a name %s has its socket in a temporary folder", async (_what, name) => {
  const dataDir = join(await temporaryFolder(), name);
  const killed = main(dataDir);
  await killed.waitForUrl();
  const first = await killed.waitForRedisSocket();
  expect(dirname(dirname(first))).toBe(tmpdir());
  expect(permissionsOf(dirname(first))).toBe("700");
  killed.signal("SIGKILL");
  await killed.waitForExit();

  // The next start removes what the killed process left.
  const next = main(dataDir);
  await next.waitForUrl();
  expect(existsSync(dirname(first))).toBe(false);
  const second = await next.waitForRedisSocket();
  next.signal("SIGTERM");
  expect(await next.waitForExit()).toBe(0);
  expect(existsSync(dirname(second))).toBe(false);
});

test("an orphaned Redis of an earlier release, on a port, is stopped first", async () => {
  const dataDir = await temporaryFolder();
  const orphan = await startRedisServer({ command: await ensureRedisServer(), dir: dataDir, appendOnly: true });
  onTestFinished(() => orphan.stop());
  const earlier = new Redis(orphan.url);
  await earlier.set("wms:left", "here");
  earlier.disconnect();
  writeFileSync(join(dataDir, "wms.lock"), JSON.stringify({ pid: await endedProcess(), port: orphan.port }));

  const redis = new Redis(await main(dataDir).waitForRedisSocket());
  onTestFinished(() => redis.disconnect());

  await orphan.ended;
  expect(await redis.get("wms:left")).toBe("here");
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
  const socket = await first.waitForRedisSocket();

  const second = main(dataDir);

  expect(await second.waitForExit()).toBe(1);
  expect(second.stderr).toMatch(/^DATA_DIR: .+ is in use by another WMS \(process \d+\); .+\n$/);
  expect(await isListeningOn(socket)).toBe(true);
});

test("a process whose own Redis has ended ends too, with code 1", async () => {
  const service = main(await temporaryFolder());
  const redis = new Redis(await service.waitForRedisSocket(), { retryStrategy: () => null });
  redis.on("error", () => undefined);
  onTestFinished(() => redis.disconnect());
  await redis.shutdown().catch(() => undefined);

  expect(await service.waitForExit()).toBe(1);
  expect(service.stderr).toMatch(/the Redis server of this process has exited/);
});
