import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import type { WorkflowId } from "../../src/domain/ids.js";
import { UpstreamOutcomes } from "../../src/domain/upstreamOutcomes.js";
import { createHttpMqs } from "../../src/mqs/httpMqs.js";
import { provideRedis } from "../../src/redis/provideRedis.js";
import { RedisStartError } from "../../src/redis/redisAddress.js";
import { makeTaskRequest, makeWorkflowRequest } from "../api/requestBodies.js";
import { ServiceProcess } from "../processes/serviceProcess.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { recordingLog } from "../setup/recordingLog.js";
import { waitForValue, waitUntil } from "../setup/waitFor.js";
import { type LeakingMqs, type MqsBehavior, QUOTE_COUNT, startLeakingMqs } from "./leakingMqs.js";
import { createSecretCheckingClient, type SendChecked } from "./secretCheckingClient.js";
import { expectNoSecrets, SECRETS } from "./secretMarkers.js";

/** Pages beside the API. Add new pages here. */
const PAGES = [
  "/docs/",
  "/docs/swagger-ui-init.js",
  "/v1/schema/openapi",
  "/v1/locations",
  "/v1/webhooks",
  "/v1/schedds",
  "/v1/schedds/SCHEDD1",
  "/v1/system",
  "/v1/system/audit",
  "/healthz",
  "/readyz",
  "/nope",
];

const REQUEST = makeWorkflowRequest(
  [
    makeTaskRequest("test-alpha", {
      input_queue_aliases: ["events"],
      task_env: { API_KEY: SECRETS.taskEnvironment },
    }),
  ],
  { public_queue_aliases: ["events"] },
);

/** Starts a Redis with a password, and a client of its administrator. */
async function guardedRedis() {
  const server = await startOwnRedis();
  const admin = new Redis(server.url, { retryStrategy: () => null });
  admin.on("error", () => undefined);
  onTestFinished(() => admin.disconnect());
  await admin.config("SET", "requirepass", SECRETS.redisPassword);
  const url = server.url.replace("//", `//:${encodeURIComponent(SECRETS.redisPassword)}@`);
  return { url, admin, stop: server.stop };
}

const ALL_KEYS_BUT_PROFILES = [
  "workflow:*",
  "task:*",
  "taskforce:*",
  "configurations",
  "ix:*",
  "dirty",
  "summar*",
  "deactivating",
  "events",
  "undelivered:*",
]
  .map((keys) => `~wms:*:${keys}`)
  .concat(
    "~wms:schedds",
    "~wms:polls",
    "~wms:{polls}:unknown",
    "~wms:layout",
    "~wms:{processes}*",
    "~wms:{stray-clusters}*",
    "~{wmsq-*",
  );

/** Throws an error like that of a Redis reply on SIGUSR2. Its stack shows this text, so the text must not hold the secret. */
const FAULT_MODULE_URL = `data:text/javascript,${encodeURIComponent(`process.once("SIGUSR2", () => {
  const args = [${JSON.stringify([...SECRETS.queueToken])}.join("")];
  throw Object.assign(new Error("a reply"), { command: { name: "set", args } });
});`)}`;

function start(environment: Record<string, string>): ServiceProcess {
  return new ServiceProcess("main", {
    LOG_LEVEL: "trace",
    RECONCILE_SECONDS: "0.2",
    WORKFLOW_MQ_ACTIVATOR_MQS_RETRY_WAIT: "0.1",
    TMS_RETRY_WAIT: "0",
    NODE_OPTIONS: `--import ${FAULT_MODULE_URL}`,
    ...environment,
  });
}

interface Created {
  workflow: { workflow_id: string };
  task_directives: { task_id: string }[];
  taskforces: { taskforce_uuid: string }[];
}

async function create(ask: SendChecked) {
  const { status, text } = await ask("/v1/workflows", REQUEST);
  expect(status).toBe(200);
  const { workflow, task_directives, taskforces } = JSON.parse(text) as Created;
  return {
    workflow: workflow.workflow_id,
    directive: task_directives[0]?.task_id ?? "",
    taskforce: taskforces[0]?.taskforce_uuid ?? "",
  };
}

const waitForPhase = (ask: SendChecked, taskforce: string, phase: string) =>
  waitForValue(
    phase,
    () => ask(`/v1/taskforces/${taskforce}`),
    ({ text }) => text.includes(`"phase":"${phase}"`),
  );

/** A workflow's life, with the reports that are none. */
async function runWorkflow(ask: SendChecked): Promise<void> {
  const { workflow, directive, taskforce } = await create(ask);
  await waitForPhase(ask, taskforce, "pending-starter");
  const take = () => ask("/v1/tms/pending-starter/taskforces?schedd=SCHEDD1");
  // What a read shows as pending may take a moment to come.
  const handedOut = await waitForValue("handed out", take, ({ text }) => text.includes(taskforce));
  expect(handedOut.text).toContain(SECRETS.queueToken);
  const tms = "/v1/tms";
  await ask(`${tms}/condor-submit/taskforces/${taskforce}/failed`, { error: "no disk" });
  await waitForValue("handed out again", take, ({ text }) => text.includes(taskforce));
  const report = { cluster_id: 1, n_workers: 1, submit_dict: {}, job_event_log_fpath: "/log" };
  for (const [path, body] of [
    [`${tms}/condor-submit/taskforces/${taskforce}`, { ...report, bogus: 1 }],
    [`${tms}/condor-submit/taskforces/${taskforce}`, report],
    [`${tms}/statuses/taskforces`, { top_task_errors_by_taskforce: { [taskforce]: { x: 1 } } }],
    ["/v1/query/workflows", { query: { $where: "1" } }],
    ["/v1/query/taskforces", { query: { workflow_id: workflow } }],
    [`/v1/workflows/${workflow}/actions/abort`, {}],
    [`/v1/workflows/${workflow}/actions/abort`, {}],
    [`/v1/task-directives/${directive}/actions/add-workers`, { cluster_location: "test-alpha", n_workers: 1 }],
    [`${tms}/condor-rm/taskforces/${taskforce}/failed`, {}],
    [`${tms}/condor-complete/taskforces/${taskforce}`, { condor_complete_ts: 1 }],
    [`${tms}/condor-complete/taskforces/TF-1`, { condor_complete_ts: 1 }],
  ] as const)
    await ask(path, body);
  // The user's own request is rebuilt from profiles, which hold the token.
  expect((await ask(`/v1/workflows/${workflow}/request`)).text).not.toContain(SECRETS.queueToken);
  for (const page of [...PAGES, `/v1/workflows/${workflow}`, `/v1/task-directives/${directive}`]) await ask(page);
}

/** The MQS refuses, fails and talks nonsense, when it is asked by a request and by a worker. */
async function runMqsFailures(ask: SendChecked, mqs: LeakingMqs): Promise<void> {
  const moods: MqsBehavior[] = ["refuses", "unauthorized", "fails", "garbage", "drops"];
  for (const mood of moods) {
    mqs.behaviors.reservation = mood;
    for (let n = 0; n < (mood === "drops" ? 1 : QUOTE_COUNT); n++)
      expect((await ask("/v1/workflows", REQUEST)).status).toBeGreaterThanOrEqual(502);
  }
  mqs.behaviors.reservation = "well";
  for (const mood of moods) {
    mqs.behaviors.activation = mood;
    const { taskforce } = await create(ask);
    await waitForValue(
      `the ${mood} is in the log of its taskforce`,
      () => ask(`/v1/taskforces/${taskforce}`),
      ({ text }) => text.includes('"target_phase":"pre-launch"'),
    );
  }
  mqs.behaviors.activation = "well";
}

/** The token service gives none, once the token at hand has had its time. */
async function runTokenFailures(ask: SendChecked, mqs: LeakingMqs): Promise<void> {
  for (const mood of ["refuses", "fails", "garbage", "drops"] as const) {
    mqs.behaviors.token = mood;
    // A token that the MQS refuses is dropped, so the next request needs a new one.
    mqs.behaviors.reservation = "unauthorized";
    await ask("/v1/workflows", REQUEST);
    expect((await ask("/v1/workflows", REQUEST)).status).toBe(503);
  }
  mqs.behaviors.token = "well";
  mqs.behaviors.reservation = "well";
}

test("secrets reach neither the log nor errors nor pages, whatever goes wrong", async () => {
  const redis = await guardedRedis();
  const mqs = await startLeakingMqs();
  const service = start({
    REDIS_URL: redis.url,
    MQS_ADDRESS: mqs.address,
    MQS_TOKEN_URL: `${mqs.address}/token`,
    MQS_CLIENT_ID: "wms",
    MQS_CLIENT_SECRET: SECRETS.clientSecret,
  });
  const ask = createSecretCheckingClient(await service.waitForUrl());
  await runWorkflow(ask);
  await runMqsFailures(ask, mqs);
  await runTokenFailures(ask, mqs);
  await waitForValue(
    "a heartbeat with the failures of the MQS",
    () => ask("/v1/system"),
    ({ text }) => /"mqs":\{[^}]*"last_error":\{/.test(text),
  );

  // Redis refuses to store what the MQS gave, in a transaction, and what the user sent.
  await redis.admin.call("ACL", "SETUSER", "default", "resetkeys", ...ALL_KEYS_BUT_PROFILES);
  const { taskforce } = await create(ask);
  await service.waitForOutput(/"message":"(EXECABORT)/);
  await redis.admin.call("ACL", "SETUSER", "default", "allkeys");
  await waitForPhase(ask, taskforce, "pending-starter");
  await redis.admin.config("SET", "maxmemory", "1");
  expect((await ask("/v1/workflows", REQUEST)).status).toBe(503);
  await redis.admin.config("SET", "maxmemory", "0");

  // The password changes.
  await redis.admin.config("SET", "requirepass", "another");
  await redis.admin.call("CLIENT", "KILL", "SKIPME", "yes");
  await service.waitForOutput(/the connection to Redis is (lost)/);
  await waitUntil("nothing can be read", async () => (await ask(`/v1/taskforces/${taskforce}`)).status === 503);
  await redis.admin.config("SET", "requirepass", SECRETS.redisPassword);
  await waitUntil("all is well again", async () => (await ask("/readyz")).status === 200);

  // Redis is unreachable, and then the process throws an unexpected error.
  await redis.stop();
  await waitUntil("Redis is unreachable", async () => (await ask("/readyz")).status === 503);
  service.signal("SIGUSR2");
  expect(await service.waitForExit()).toBe(1);

  expectNoSecrets("stdout", service.stdout);
  expectNoSecrets("stderr", service.stderr);
  for (const line of [
    /the MQS refused a request/,
    /the MQS failed/,
    /the MQS gave an unexpected answer/,
    /"the MQS did not answer"/,
    /the token service for the MQS gave no token/,
    /the token service for the MQS did not answer/,
    /job failed permanently/,
    /unexpected error, exiting/,
  ])
    expect(service.stderr).toMatch(line);
}, 90_000);

test("the embedded MQS's token reaches only the programs that need it", async () => {
  const redis = await guardedRedis();
  const service = start({ REDIS_URL: redis.url, MQS_BROKER_AUTH_TOKEN: SECRETS.queueToken });
  const ask = createSecretCheckingClient(await service.waitForUrl());
  await runWorkflow(ask);
  const { workflow, taskforce } = await create(ask);
  await waitForPhase(ask, taskforce, "pending-starter");
  const shown = await ask(`/v1/mqs/workflows/${workflow}/mq-profiles/public`);
  expect(shown.text).toContain(SECRETS.queueToken);
  service.signal("SIGTERM");
  expect(await service.waitForExit()).toBe(0);
  expectNoSecrets("output", service.stdout + service.stderr);
});

test("an access point shows its dead letters without the secrets that a TMS reported", async () => {
  const redis = await guardedRedis();
  const service = start({ REDIS_URL: redis.url, TMS_ACTION_RETRIES: "0" });
  const ask = createSecretCheckingClient(await service.waitForUrl());
  for (const error of [
    `cannot reach amqp://user:${SECRETS.queueToken}@broker:5672`,
    `cannot reach redis://:${SECRETS.redisPassword}@redis`,
    `EWMS_PILOT_QUEUE_AUTH_TOKEN=${SECRETS.queueToken} was refused`,
  ]) {
    const { taskforce } = await create(ask);
    await waitForValue(
      "handed out",
      () => ask("/v1/tms/pending-starter/taskforces?schedd=SCHEDD1"),
      ({ text }) => text.includes(taskforce),
    );
    expect((await ask(`/v1/tms/condor-submit/taskforces/${taskforce}/failed`, { error })).status).toBe(200);
    await waitForValue(
      "listed among the dead letters",
      () => ask("/v1/schedds/SCHEDD1"),
      ({ text }) => new RegExp(`"dead_letters":\\[[^\\]]*"${taskforce}"`).test(text),
    );
  }
  expect((await ask("/v1/schedds/SCHEDD1")).text).toContain("amqp://[hidden]@broker:5672");
});

const inUrl = encodeURIComponent(SECRETS.redisPassword);

test.each([
  `redis://user:${inUrl}@127.0.0.1:1/3`,
  `rediss://:${inUrl}@127.0.0.1:1?password=${inUrl}`,
  `redis://:${SECRETS.redisPassword}@127.0.0.1:1`,
  `redis://:${inUrl}@127.0.0.1:99999`,
  `redis://:${inUrl}%ZZ@127.0.0.1:1`,
  `redis:/:${inUrl}@127.0.0.1`,
  SECRETS.redisPassword,
])("an address of Redis that can't be used is refused without its password: %s", async (url) => {
  const { log, lines } = recordingLog();
  const options = { dataDir: "unused", appendOnly: false, waitSeconds: 0, signal: new AbortController().signal, log };
  const refused = provideRedis({ location: { url }, ...options });
  const error = await refused.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RedisStartError);
  expectNoSecrets("error and log", String(error) + lines.join(""));
});

test("a start that a wrong password ends does not show it", async () => {
  const redis = await guardedRedis();
  await redis.admin.config("SET", "requirepass", "another");
  const refused = new ServiceProcess("main", { REDIS_URL: redis.url, LOG_LEVEL: "trace" });
  expect(await refused.waitForExit()).toBe(1);
  expect(refused.stderr).toMatch(/^REDIS_URL: cannot reach .*\n$/);
  expectNoSecrets("output", refused.stdout + refused.stderr);
});

test("what a process keeps of the errors of the MQS and its token service holds no secret", async () => {
  const mqs = await startLeakingMqs();
  const outcomes = new UpstreamOutcomes();
  const credentials = { tokenUrl: `${mqs.address}/token`, clientId: "wms", clientSecret: SECRETS.clientSecret };
  const messages = new Set<string>();
  for (const kind of ["reservation", "token"] as const)
    for (const mood of ["unauthorized", "fails", "garbage", "drops"] as const) {
      mqs.behaviors[kind] = mood;
      // Each has its first token to get.
      const client = createHttpMqs({ address: mqs.address, credentials, outcomes, log: recordingLog().log });
      for (let n = 0; n < (mood === "drops" ? 1 : QUOTE_COUNT); n++) {
        await expect(client.reserve("WF-1-00000000" as WorkflowId, ["events"], [])).rejects.toThrow();
        expectNoSecrets("the outcomes", JSON.stringify(outcomes.state));
        messages.add(outcomes.state.last_error?.message ?? "");
      }
      mqs.behaviors[kind] = "well";
    }
  expect([...messages].filter((message) => /^HTTP (401|500): ./.test(message)).length).toBeGreaterThan(QUOTE_COUNT);
});
