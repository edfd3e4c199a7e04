import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { type AppOptions, createApp } from "../../src/api/app.js";
import { createServer } from "../../src/api/http/httpServer.js";
import { toHttpError } from "../../src/api/http/responses.js";
import { closeServer, listen } from "../../src/app/httpListener.js";
import type { Wms } from "../../src/lifecycle/context.js";
import { startRedisServer } from "../../src/redis/redisServer.js";
import { startScriptedMqs, statusResponse } from "../mqs/scriptedMqs.js";
import { freshDatabase } from "../setup/database.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { recordingLog } from "../setup/recordingLog.js";
import { deleteKeys, findKeys, openRedis } from "../setup/testRedis.js";
import { startTestService } from "../setup/testService.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";
import { EventClient } from "../views/events/eventClient.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";
import { createConformanceClient } from "./conformanceClient.js";
import { type RedisProxy, startRedisProxy } from "./redisProxy.js";
import { makeTaskRequest, makeWorkflowRequest, submitReport } from "./requestBodies.js";

describe("while Redis is unreachable", () => {
  let proxy: RedisProxy;
  let scenario: ApiFixture;
  beforeEach(async () => {
    proxy = await startRedisProxy(await freshDatabase());
    scenario = await startApiFixture({ REDIS_URL: proxy.url });
  });
  afterEach(async () => {
    await proxy.restore();
    await scenario.close();
    await proxy.close();
  });

  const expectUnavailable = async (method: string, path: string, body?: unknown) => {
    const response = await scenario.client.request(method, path, { body });
    expect([method, path, response.status]).toEqual([method, path, 503]);
    expect(response.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
    expect(response.body.error).not.toMatch(/ECONN|Stream|ioredis|127\.0\.0\.1|Command/);
  };

  it("every route that needs Redis is a 503 with Retry-After, and works again afterwards", async () => {
    const place = scenario.nextLocation();
    const { taskforce_uuid, task_id, workflow_id } = await scenario.createPendingTaskforce(place);
    const request = makeWorkflowRequest([makeTaskRequest(place.location)]);
    await proxy.disconnect();
    const tms = (path: string) => `/v1/tms/${path}`;
    const routes: [string, string, unknown?][] = [
      ["POST", "/v1/workflows", request],
      ["GET", `/v1/workflows/${workflow_id}`],
      ["POST", `/v1/workflows/${workflow_id}/actions/abort`],
      ["POST", `/v1/workflows/${workflow_id}/actions/finished`],
      ["GET", `/v1/task-directives/${task_id}`],
      [
        "POST",
        `/v1/task-directives/${task_id}/actions/add-workers`,
        { cluster_location: place.location, n_workers: 1 },
      ],
      ["GET", `/v1/taskforces/${taskforce_uuid}`],
      ["POST", "/v1/query/workflows", { query: {} }],
      ["POST", "/v1/query/task-directives", { query: { task_id } }],
      ["POST", "/v1/query/taskforces", { query: { phase: "pending-starter" } }],
      ["GET", tms(`pending-starter/taskforces?schedd=${place.schedd}`)],
      ["GET", tms(`pending-stopper/taskforces?schedd=${place.schedd}`)],
      ["POST", tms(`condor-submit/taskforces/${taskforce_uuid}`), submitReport()],
      ["POST", tms(`condor-submit/taskforces/${taskforce_uuid}/failed`), { error: "x" }],
      ["POST", tms(`condor-rm/taskforces/${taskforce_uuid}`)],
      ["POST", tms(`condor-rm/taskforces/${taskforce_uuid}/failed`)],
      ["POST", tms(`condor-complete/taskforces/${taskforce_uuid}`), { condor_complete_ts: 1 }],
      ["POST", tms("statuses/taskforces"), { top_task_errors_by_taskforce: { [taskforce_uuid]: {} } }],
      ["GET", `/v1/mqs/workflows/${workflow_id}/mq-profiles/public`],
      ["GET", "/readyz"],
    ];
    for (const route of routes) await expectUnavailable(...route);

    expect(await scenario.client.post("/v1/workflows", {})).toMatchObject({ status: 400 });
    for (const path of ["/v1/", "/healthz", "/v1/schema/openapi"])
      expect(await scenario.client.get(path)).toMatchObject({ status: 200 });

    await proxy.restore();
    await waitForValue(
      "ready again",
      () => scenario.client.get("/readyz"),
      (response) => response.status === 200,
    );
    expect((await scenario.readTaskforce(taskforce_uuid)).phase).toBe("pending-starter");
  });

  it("a Redis that accepts commands and never replies is a 503, too", async () => {
    proxy.freeze();
    await expectUnavailable("GET", "/v1/workflows/WF-65f00000-00000000");
  });
});

describe("an error reply of a Redis that cannot serve now", () => {
  it("is a 503, and other error replies are a 500", async () => {
    const redis = openRedis(await freshDatabase());
    try {
      for (const reply of [
        "LOADING Redis is loading",
        "READONLY a replica",
        "OOM no memory",
        "BUSY a script runs",
        "NOREPLICAS too few of them",
        "NOAUTH Authentication required.",
        "NOPERM this user has no permissions to run the 'zadd' command",
        "ERR unknown command 'zmscore', with args beginning with: 'a'",
        "ERR The user executing the script can't run this command or subcommand",
        "ERR max number of clients reached",
      ]) {
        const script = `return redis.error_reply("${reply}")`;
        const error = await redis.eval(script, 0).catch((refused: unknown) => refused);
        expect(toHttpError(error)).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
      }
      const fault = await redis
        .eval("return redis.error_reply('WRONGTYPE of key')", 0)
        .catch((error: unknown) => error);
      expect(toHttpError(fault)).toMatchObject({ status: 500, message: "internal server error" });
    } finally {
      redis.disconnect();
    }
  });
});

describe("while Redis denies what the service needs", () => {
  const deniedBy: [string, string[][], RegExp][] = [
    ["scripts", [["ACL", "SETUSER", "wms", "-@scripting"]], /NOPERM/],
    ["the commands of scripts", [["ACL", "SETUSER", "wms", "-zadd"]], /can't run this command/],
    ["the keys", [["ACL", "SETUSER", "wms", "resetkeys"]], /NOPERM/],
    [
      "the password",
      [
        ["ACL", "SETUSER", "wms", "resetpass"],
        ["CLIENT", "KILL", "USER", "wms"],
      ],
      /WRONGPASS/,
    ],
  ];
  it.each(deniedBy)("%s: all requests are a 503, and one line names the cause", async (_, denials, cause) => {
    const server = await startOwnRedis();
    const redis = openRedis(server.url) as Redis;
    const url = new URL(server.url);
    await redis.call("ACL", "SETUSER", "wms", "on", ">secret", "allkeys", "allchannels", "+@all");
    [url.username, url.password] = ["wms", "secret"];
    const { log, lines } = recordingLog();
    const service = await startTestService({ REDIS_URL: url.href }, log, { workers: false });
    try {
      for (const [command = "", ...denial] of denials) await redis.call(command, ...denial);
      const send = () =>
        fetch(`${service.url}/v1/workflows`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(makeWorkflowRequest([makeTaskRequest("test-alpha")])),
        });
      for (let n = 0; n < 3; n++) expect((await send()).status).toBe(503);
      const refusals = () => lines.map((line) => JSON.parse(line)).filter((line) => "refusal" in line);
      // A password counts for new connections, of which the client makes one.
      const found = await waitForValue("the cause is logged", refusals, ({ length }) => length > 0);
      expect(new Set(found.map(({ refusal }) => refusal))).toEqual(new Set([expect.stringMatching(cause)]));
      expect(found.map(({ redis: client }) => client)).toEqual([...new Set(found.map(({ redis: client }) => client))]);
    } finally {
      await service.close();
      redis.disconnect();
    }
  });
});

describe("while the memory of Redis is full", () => {
  it("reads succeed: entities, queries, summaries, schedds and events", async () => {
    const server = await startOwnRedis();
    const redis = openRedis(server.url) as Redis;
    const scenario = await startApiFixture({ REDIS_URL: server.url });
    try {
      const { taskforce_uuid, task_id, workflow_id } = await scenario.createPendingTaskforce(scenario.nextLocation());
      const summary = `/v1/workflows/${workflow_id}/summary`;
      await waitForValue(
        "the summary is stored",
        () => scenario.client.get(summary),
        ({ status }) => status === 200,
      );
      await waitUntil("all changes are summarized", async () => (await findKeys(redis, "*:dirty")).length === 0);
      await redis.config("SET", "maxmemory", "1");
      const reads: [string, string, unknown?][] = [
        ["GET", `/v1/workflows/${workflow_id}`],
        ["GET", `/v1/task-directives/${task_id}`],
        ["GET", `/v1/taskforces/${taskforce_uuid}`],
        ["GET", summary],
        ["GET", "/v1/locations"],
        ["GET", "/v1/schedds"],
        ["POST", "/v1/query/workflows", { query: {} }],
        ["POST", "/v1/query/task-directives", { query: { workflow_id } }],
        ["POST", "/v1/query/taskforces", { query: { phase: "pending-starter", workflow_id }, projection: ["phase"] }],
      ];
      for (const [method, path, body] of reads) {
        const { status } = await scenario.client.request(method, path, { body });
        expect([method, path, status]).toEqual([method, path, 200]);
      }
      const events = await EventClient.open(`${scenario.service.url}/v1/workflows/${workflow_id}/events`);
      expect(events.response.statusCode).toBe(200);
      const created = makeWorkflowRequest([makeTaskRequest(scenario.nextLocation().location)]);
      expect(await scenario.client.post("/v1/workflows", created)).toMatchObject({ status: 503 });
    } finally {
      await redis.config("SET", "maxmemory", "0");
      await scenario.close();
      redis.disconnect();
    }
  });
});

describe("while Redis has too few replicas to accept writes", () => {
  it("reads succeed, writes are a 503 without effect, and all routes work again afterwards", async () => {
    const dir = await mkdtemp(join(tmpdir(), "wms-test-"));
    const command = await ensureRedisServer();
    const server = await startRedisServer({ command, dir, appendOnly: false });
    const redis = openRedis(server.url);
    const scenario = await startApiFixture({ REDIS_URL: server.url });
    try {
      const place = scenario.nextLocation();
      const running = await scenario.createTaskforceInPhase("condor-submit", place);
      const { taskforce_uuid, task_id, workflow_id } = await scenario.createPendingTaskforce(place);
      await redis.config("SET", "min-replicas-to-write", "1");

      const tms = (path: string) => `/v1/tms/${path}`;
      const writes: [string, string, unknown?][] = [
        ["POST", "/v1/workflows", makeWorkflowRequest([makeTaskRequest(place.location)])],
        ["POST", `/v1/workflows/${workflow_id}/actions/abort`],
        ["POST", `/v1/workflows/${workflow_id}/actions/finished`],
        [
          "POST",
          `/v1/task-directives/${task_id}/actions/add-workers`,
          { cluster_location: place.location, n_workers: 1 },
        ],
        ["GET", tms(`pending-starter/taskforces?schedd=${place.schedd}`)],
        ["GET", tms(`pending-stopper/taskforces?schedd=${place.schedd}`)],
        ["POST", tms(`condor-submit/taskforces/${taskforce_uuid}`), submitReport()],
        ["POST", tms(`condor-submit/taskforces/${taskforce_uuid}/failed`), { error: "x" }],
        ["POST", tms(`condor-rm/taskforces/${running.taskforce_uuid}`)],
        ["POST", tms(`condor-rm/taskforces/${running.taskforce_uuid}/failed`)],
        ["POST", tms(`condor-complete/taskforces/${running.taskforce_uuid}`), { condor_complete_ts: 1 }],
        [
          "POST",
          tms("statuses/taskforces"),
          { top_task_errors_by_taskforce: { [running.taskforce_uuid]: { oops: 1 } } },
        ],
      ];
      for (const [method, path, body] of writes) {
        const response = await scenario.client.request(method, path, { body });
        expect([method, path, response.status]).toEqual([method, path, 503]);
        expect(response.headers["retry-after"]).toMatch(/^[1-9][0-9]*$/);
      }
      expect(await scenario.client.get(`/v1/workflows/${workflow_id}`)).toMatchObject({ status: 200 });
      expect(await scenario.readTaskforce(running.taskforce_uuid)).toEqual(running);

      await redis.config("SET", "min-replicas-to-write", "0");
      await waitForValue(
        "handed out",
        () => scenario.client.get(tms(`pending-starter/taskforces?schedd=${place.schedd}`)),
        ({ status, body }) => status === 200 && body.taskforce?.taskforce_uuid === taskforce_uuid,
      );
    } finally {
      await scenario.close();
      redis.disconnect();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    }
  });
});

describe("when the MQS", () => {
  const request = (location: string) =>
    makeWorkflowRequest([makeTaskRequest(location, { input_queue_aliases: ["in"] })]);

  it("is needed for a profile and unreachable, no taskforce is leased", async () => {
    const mqs = await startScriptedMqs();
    const scenario = await startApiFixture({ MQS_ADDRESS: mqs.address });
    const redis = openRedis(scenario.service.redisUrl);
    try {
      const place = scenario.nextLocation();
      const poll = () => scenario.client.get(`/v1/tms/pending-starter/taskforces?schedd=${place.schedd}`);
      const { body } = await scenario.client.post("/v1/workflows", request(place.location));
      const { taskforce_uuid } = body.taskforces[0];
      await waitForValue(
        "pending-starter",
        () => scenario.readTaskforce(taskforce_uuid),
        ({ phase }) => phase === "pending-starter",
      );
      await deleteKeys(redis, "wms:*:profiles:*");
      mqs.script("profile", "*", statusResponse(500));
      expect(await poll()).toMatchObject({ status: 503 });
      const { body: handedOut } = await waitForValue(
        "handed out",
        poll,
        (response) => response.body.taskforce !== undefined,
      );
      expect(handedOut).toMatchObject({ taskforce: { taskforce_uuid }, mqprofiles: [{ alias: "in" }] });
    } finally {
      redis.disconnect();
      await scenario.close();
      await mqs.close();
    }
  });
});

it("an unexpected error is a 500 without details, which are logged", async () => {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const app = createApp({
    wms: { store: {} } as Wms,
    authentication: { kind: "open" },
    ownAddresses: { restHost: "127.0.0.1", publicOrigin: undefined, allowedHosts: [] },
    events: {} as AppOptions["events"],
    readiness: async () => ({ ready: false, reason: "not asked" }),
    metrics: { contentType: "text/plain", render: async () => "", token: undefined },
    embeddedMqs: {
      publicProfiles: async () => {
        throw new TypeError("secret of /etc/passwd");
      },
    },
    log: pino({ level: "warn" }, sink),
  });
  const server = createServer(app);
  const client = await createConformanceClient(await listen(server, "127.0.0.1", 0));
  try {
    const response = await client.get("/v1/mqs/workflows/WF-1/mq-profiles/public");
    expect(response).toMatchObject({ status: 500, reason: "internal server error" });
    expect(response.text).toBe('{"code":500,"error":"internal server error"}');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      method: "GET",
      path: "/v1/mqs/workflows/WF-1/mq-profiles/public",
      err: { type: "TypeError", message: "secret of /etc/passwd" },
    });
  } finally {
    client.close();
    await closeServer(server, AbortSignal.timeout(5000));
  }
});
