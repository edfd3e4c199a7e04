import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import type { SystemState } from "../../src/domain/system.js";
import { UpstreamOutcomes } from "../../src/domain/upstreamOutcomes.js";
import { Queues } from "../../src/queues/queues.js";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { Pauses } from "../../src/store/pauses.js";
import { type ProcessFacts, ProcessRegistry } from "../../src/store/processRegistry.js";
import { IdentityProvider } from "../auth/identityProvider.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { type ApiFixture, startApiFixture } from "./apiFixture.js";

let fixture: ApiFixture;
let redis: RedisClient;
beforeAll(async () => {
  fixture = await startApiFixture();
  redis = openRedis(fixture.service.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await fixture.close();
});

const PATH = "/v1/system";

async function readSystem(of = fixture): Promise<SystemState> {
  const { status, body } = await of.client.get<SystemState>(PATH);
  expect(status).toBe(200);
  return body;
}

/** Another process of the service, until the test ends. */
async function joinProcess(facts: Partial<ProcessFacts> & Parameters<ProcessRegistry["beat"]>[0]) {
  const processes = new ProcessRegistry(redis);
  await processes.beat(facts);
  onTestFinished(() => processes.leave());
  return processes.id;
}

const FACTS = { role: "worker", version: packageJson.version, host: "other.example", pid: 7, started: 1_700_000_000 };

test("the state of a service lists its processes, Redis, upstreams and queues", async () => {
  const place = fixture.nextLocation();
  await fixture.createPendingTaskforce(place);
  const system = await waitForValue(
    "a heartbeat after the first reconcile and the start of the server",
    readSystem,
    ({ reconcile, processes: [own] }) => reconcile !== null && own?.connections !== null,
  );

  expect(system.processes).toEqual([
    expect.objectContaining({
      role: "web worker",
      version: packageJson.version,
      pid: process.pid,
      connections: expect.any(Number),
      upstreams: { mqs: null, identity_provider: null, pilot_images: null },
    }),
  ]);
  expect(system).toMatchObject({
    versions: [packageJson.version],
    upstreams: { mqs: null, identity_provider: null, pilot_images: null },
    reconcile: { added: 0, dropped: 0 },
    layout: { version: 2, partitions: expect.any(Number) },
  });
  expect(system.clock_difference_seconds).toBeLessThan(1);
  expect(system.redis.length).toBeGreaterThan(0);
  for (const server of system.redis) expect(server).toMatchObject({ role: "master", address: expect.any(String) });
  const own = system.queues.filter(({ schedd }) => schedd === place.schedd);
  const background = system.queues.filter(({ schedd }) => schedd === null);
  expect(own).toEqual([
    {
      name: `starter-${place.schedd}`,
      kind: "starter",
      schedd: place.schedd,
      paused: false,
      waiting: 1,
      active: 0,
      delayed: 0,
      dead: 0,
      oldest_waiting_seconds: expect.any(Number),
    },
    expect.objectContaining({
      name: `stopper-${place.schedd}`,
      kind: "stopper",
      waiting: 0,
      oldest_waiting_seconds: 0,
    }),
  ]);
  expect(own[0]?.oldest_waiting_seconds).toBeGreaterThan(0);
  expect(background.map(({ name, kind, oldest_waiting_seconds }) => [name, kind, oldest_waiting_seconds])).toEqual([
    ["mq-activation", "background", null],
    ["workflow-deactivation", "background", null],
    ["status-fanout", "background", null],
    ["webhook-deliveries", "background", null],
  ]);
});

test("a process of an earlier release appears with what it reports, and its version", async () => {
  const id = await joinProcess({ ...FACTS, version: "0.0.1" });
  const { processes, versions } = await readSystem();
  expect(versions).toEqual(["0.0.1", packageJson.version]);
  expect(processes.find((each) => each.id === id)).toEqual({
    id,
    ...FACTS,
    version: "0.0.1",
    seen: expect.any(Number),
    event_loop_delay_ms: null,
    connections: null,
    rss_bytes: null,
    clock_difference_seconds: null,
    upstreams: { mqs: null, identity_provider: null, pilot_images: null },
    reconcile: null,
  });
});

const STATE = {
  event_loop_delay_ms: 1,
  connections: null,
  rss_bytes: 1000,
  clock_difference_seconds: 0,
  upstreams: { mqs: null, identity_provider: null, pilot_images: null },
  reconcile: null,
};

test("an upstream is described by the latest answer and the earliest failure that lasts", async () => {
  const error = { at: 120, message: "no route" };
  const states = [
    { last_success: 100, failing_since: 110, last_error: error, latency_ms: 7 },
    { last_success: 130, failing_since: null, last_error: { at: 90, message: "old" }, latency_ms: 9 },
    { last_success: null, failing_since: 115, last_error: { at: 116, message: "other" }, latency_ms: null },
  ];
  for (const mqs of states)
    await joinProcess({ ...FACTS, ...STATE, upstreams: { mqs, identity_provider: null, pilot_images: null } });
  expect((await readSystem()).upstreams).toEqual({
    mqs: { last_success: 130, failing_since: 110, last_error: error, latency_ms: 9 },
    identity_provider: null,
    pilot_images: null,
  });
});

test("the largest clock difference and the last pass of reconcile are those of any process", async () => {
  const at = Date.now() / 1000 + 3600;
  const reconcile = { at, seconds: 2, added: 3, dropped: 4 };
  await joinProcess({ ...FACTS, ...STATE, clock_difference_seconds: -42, reconcile });
  expect(await readSystem()).toMatchObject({ clock_difference_seconds: 42, reconcile });
});

test("a paused queue shows its operator, or that another tool paused it", async () => {
  const { schedd } = fixture.nextLocation();
  const queues = new Queues({ redis, leaseSeconds: 300, schedds: [] });
  const { starter, stopper } = queues.forSchedd(schedd);
  const pauses = new Pauses(redis);
  const pausedOf = async () =>
    (await readSystem()).queues.filter((queue) => queue.schedd === schedd).map(({ paused }) => paused);
  // Without a pause, an entry is out of date.
  await pauses.record(starter.queue.name, "olga");
  expect(await pausedOf()).toEqual([false, false]);
  await starter.queue.pause();
  await stopper.queue.pause();
  expect(await pausedOf()).toEqual([
    { by: "olga", since: expect.closeTo(Date.now() / 1000, -2) },
    { by: null, since: null },
  ]);
  await queues.close();
});

test("only operators see hosts, addresses, process ids and errors of upstreams", async () => {
  const idp = await IdentityProvider.start();
  const tokenOf = (ewms_role: string) => idp.signToken({ sub: ewms_role, ewms_role });
  const guarded = await startApiFixture({ AUTH_OPENID_URL: idp.issuer }, await tokenOf("user"));
  const client = openRedis(guarded.service.redisUrl);
  onTestFinished(async () => {
    client.disconnect();
    await guarded.close();
    await idp.stop();
  });
  const processes = new ProcessRegistry(client);
  const outcomes = new UpstreamOutcomes();
  outcomes.recordFailure(new Error("connect ECONNREFUSED 10.0.0.7"));
  await processes.beat({
    ...FACTS,
    ...STATE,
    upstreams: { mqs: outcomes.state, identity_provider: null, pilot_images: null },
  });

  const forUser = await readSystem(guarded);
  const headers = { authorization: `Bearer ${await tokenOf("operator")}` };
  const { body: forOperator } = await waitForValue(
    "a heartbeat follows the first answer of the identity provider",
    () => guarded.client.request<SystemState>("GET", PATH, { headers }),
    ({ body }) => body.upstreams.identity_provider?.last_success !== null,
  );

  expect(forOperator.processes.map(({ host }) => host)).toContain("other.example");
  expect(forOperator.upstreams.mqs?.last_error?.message).toBe("connect ECONNREFUSED 10.0.0.7");
  expect(forOperator.redis[0]?.address).toEqual(expect.any(String));
  expect(forOperator.upstreams.identity_provider).toMatchObject({
    failing_since: null,
    latency_ms: expect.any(Number),
  });
  for (const { host, pid, upstreams } of forUser.processes) {
    expect([host, pid]).toEqual([null, null]);
    expect(upstreams.mqs?.last_error?.message ?? null).toBeNull();
  }
  expect(forUser.upstreams.mqs).toMatchObject({
    failing_since: outcomes.state.failing_since,
    last_error: { at: outcomes.state.last_error?.at, message: null },
  });
  for (const { address } of forUser.redis) expect(address).toBeNull();
  expect(JSON.stringify(forUser)).not.toMatch(/other\.example|10\.0\.0\.7|127\.0\.0\.1/);
});
