import { once } from "node:events";
import { Agent } from "node:http";
import { createConnection } from "node:net";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { hangResponse, startScriptedMqs } from "../mqs/scriptedMqs.js";
import { freshDatabase } from "../setup/database.js";
import { sendRequest } from "../setup/http.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { openRedis } from "../setup/testRedis.js";
import { waitUntil } from "../setup/waitFor.js";
import {
  createSmallWorkflow,
  readEntity,
  ServiceProcess,
  startRequest,
  workflowRequestJson,
} from "./serviceProcess.js";

interface ReusedConnectionResponse {
  status: number;
  connection: string | undefined;
  body: string;
  /** Whether the request went over the connection of an earlier one. */
  reused: boolean;
}

/** A client that reuses its connection. */
function createKeepAliveClient(): (url: string) => Promise<ReusedConnectionResponse> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  return async (url) => {
    const { status, headers, text, reusedConnection } = await sendRequest(url, { agent });
    return { status, connection: headers.connection, body: text, reused: reusedConnection };
  };
}

const startWeb = async (environment: Record<string, string> = {}): Promise<ServiceProcess> =>
  new ServiceProcess("web", { REDIS_URL: await freshDatabase(), ...environment });

test("during its grace period, a process that received SIGTERM serves requests, is not ready, and closes idle connections", async () => {
  const process = await startWeb({ SHUTDOWN_GRACE_SECONDS: "3600" });
  const url = await process.waitForUrl();
  const [probe, client] = [createKeepAliveClient(), createKeepAliveClient()];
  expect(await probe(`${url}/readyz`)).toMatchObject({ status: 200, connection: "keep-alive" });
  expect(await client(`${url}/v1/`)).toMatchObject({ status: 200, connection: "keep-alive" });

  process.signal("SIGTERM");
  await process.waitForOutput(/stopping/);

  expect(await probe(`${url}/readyz`)).toMatchObject({
    status: 503,
    connection: "close",
    body: expect.stringContaining("draining"),
  });
  expect(await client(`${url}/v1/`)).toEqual({ status: 200, connection: "close", body: "{}", reused: true });
  expect(await client(`${url}/v1/`)).toMatchObject({ status: 200, reused: false });
  expect(await client(`${url}/healthz`)).toMatchObject({ status: 200 });
});

test("after the grace period, it ends with code 0", async () => {
  const process = await startWeb({ SHUTDOWN_GRACE_SECONDS: "0.2" });
  const client = createKeepAliveClient();
  await client(`${await process.waitForUrl()}/v1/`);
  process.signal("SIGTERM");
  expect(await process.waitForExit()).toBe(0);
});

test("a connection that was opened and never used does not hold a process that ends", async () => {
  const process = await startWeb();
  const socket = createConnection(Number(new URL(await process.waitForUrl()).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  process.signal("SIGTERM");
  // Else it would be cut off after SHUTDOWN_SECONDS, with another code.
  expect(await process.waitForExit()).toBe(0);
});

test("a request that does not end in time is cut off, and the exit code says so", async () => {
  const process = await startWeb({ SHUTDOWN_SECONDS: "0.2" });
  const request = await startRequest(await process.waitForUrl());

  process.signal("SIGTERM");

  expect(await process.waitForExit()).toBe(3);
  expect(await request.answer).not.toMatch(/HTTP\/1\.1 200/);
  expect(process.stderr).toMatch(/was cut off/);
});

/** Starts a web process, and a worker whose job waits for the MQS. */
async function startWorkerWithJob(environment: Record<string, string> = {}) {
  const REDIS_URL = await freshDatabase();
  const mqs = await startScriptedMqs();
  onTestFinished(() => mqs.close());
  mqs.script("activation", "*", hangResponse);
  const shared = { REDIS_URL, MQS_ADDRESS: mqs.address };
  const url = await new ServiceProcess("web", shared).waitForUrl();
  const worker = new ServiceProcess("worker", { ...shared, ...environment });
  await worker.waitForOutput(/WMS worker runs/);
  const body = workflowRequestJson({ input_queue_aliases: ["in"] });
  const { workflow, taskforce } = await createSmallWorkflow(url, body);
  await mqs.waitForCall(({ kind }) => kind === "activation");
  const redis = openRedis(REDIS_URL);
  onTestFinished(() => redis.disconnect());
  const queue = "{wmsq-mq-activation}:mq-activation";
  const job = workflow.split("/").at(-1) ?? "";
  return { url, worker, mqs, redis, queue, job, taskforce, shared };
}

test("a worker that receives SIGTERM finishes its running job", async () => {
  const { worker, mqs, redis, queue, job } = await startWorkerWithJob();

  worker.signal("SIGTERM");
  await worker.waitForOutput(/stopping/);
  // The job ends by failing: the MQS cuts the connection and is gone.
  await mqs.close();

  expect(await worker.waitForExit()).toBe(0);
  expect(await redis.zrange(`${queue}:delayed`, 0, "-1")).toEqual([job]);
});

test("a job that does not end in time is released, and another worker starts it again at once", async () => {
  const { url, worker, redis, queue, job, taskforce, shared } = await startWorkerWithJob({
    SHUTDOWN_SECONDS: "0.2",
  });

  worker.signal("SIGTERM");

  expect(await worker.waitForExit()).toBe(3);
  expect(await redis.lrange(`${queue}:active`, 0, -1)).toEqual([]);
  expect(await redis.lrange(`${queue}:wait`, 0, -1)).toEqual([job]);
  const next = new ServiceProcess("worker", shared);
  await next.waitForOutput(/WMS worker runs/);
  await waitUntil(
    "the taskforce may be handed out",
    async () => (await readEntity<{ phase: string }>(url, taskforce)).phase === "pending-starter",
  );
});

test.each(["web", "worker"] as const)("a Redis that hangs does not keep a %s process from ending", async (program) => {
  const server = await startOwnRedis();
  const process = new ServiceProcess(program, { REDIS_URL: server.url, SHUTDOWN_SECONDS: "0.2" });
  await process.waitForOutput(/WMS (listens|worker runs)/);
  const redis = new Redis(server.url);
  onTestFinished(() => redis.disconnect());
  await redis.call("CLIENT", "PAUSE", "3600000", "ALL");

  process.signal("SIGTERM");

  // A worker with a command under way, which can't end, reports that it was cut off.
  expect(program === "web" ? [0] : [0, 3]).toContain(await process.waitForExit());
});
