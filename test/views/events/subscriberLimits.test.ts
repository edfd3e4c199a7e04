import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { WorkflowId } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { partitionOf } from "../../../src/store/keys.js";
import { type RedisProxy, startRedisProxy } from "../../api/redisProxy.js";
import { type Scenario, startScenario } from "../../api/apiFixture.js";
import { openRedis } from "../../setup/testRedis.js";
import { freshDatabase } from "../../setup/database.js";
import { EventClient } from "./eventClient.js";
import { flood, taskforcesOf, tellPhase } from "./eventFixtures.js";

const PARTITIONS = 16;

let proxy: RedisProxy;
let scenario: Scenario;
/** Around the proxy. */
let redis: RedisClient;
let workflow: WorkflowId;
let partition: number;
beforeEach(async () => {
  const database = await freshDatabase();
  redis = openRedis(database);
  proxy = await startRedisProxy(database);
  scenario = await startScenario({
    REDIS_URL: proxy.url,
    EVENTS_HEARTBEAT_SECONDS: "0.05",
    EVENTS_MAX_BUFFER_BYTES: "100000",
    // So that nothing else happens meanwhile.
    RECONCILE_SECONDS: "3600",
  });
  const { workflow_id } = await scenario.pending();
  workflow = workflow_id as WorkflowId;
  partition = partitionOf(workflow, PARTITIONS);
});
afterEach(async () => {
  await proxy.restore();
  await scenario.close();
  await proxy.close();
  redis.disconnect();
});

const watch = (options?: Parameters<typeof EventClient.open>[1]) =>
  EventClient.open(`${scenario.service.url}/v1/workflows/${workflow}/events`, options);
const watchAll = (options?: Parameters<typeof EventClient.open>[1]) =>
  EventClient.open(`${scenario.service.url}/v1/events`, options);
const tell = async (count = 1) => {
  const taskforces = taskforcesOf(workflow, count);
  await tellPhase(redis, partition, taskforces);
  return taskforces;
};
const uuidsOf = ({ events }: EventClient) =>
  events.flatMap(({ event, data }) => (event === "phase" ? [data.taskforce_uuid] : []));
/** As the metrics show it. */
const watchers = async () => {
  const text = await (await fetch(`${scenario.service.url}/metrics`)).text();
  return Number(/^wms_event_watchers (\d+)$/m.exec(text)?.[1]);
};
const hasHeard = (client: EventClient, count: number) =>
  client.until(`${count} taskforces`, (heard) => uuidsOf(heard).length >= count);

it("a watcher that does not read loses its connection, others don't, and it gets the rest when it comes again", async () => {
  const slow = await watch({ isSlow: true });
  const other = await watch();
  const told: string[] = [];
  // What lies in the buffers of both ends is out of anybody's reach.
  while ((await watchers()) === 2) {
    told.push(...(await tell(500)));
    await hasHeard(other, told.length);
  }
  slow.read();
  await slow.until("it has lost its connection", ({ ended }) => ended !== undefined);
  expect(slow.ended).toBe("broken off");
  expect(uuidsOf(other)).toEqual(told);

  const again = await watch({ lastId: slow.lastId, isSlow: true });
  told.push(...(await tell(500)));
  again.read();
  await hasHeard(again, told.length - uuidsOf(slow).length);
  expect([...uuidsOf(slow), ...uuidsOf(again)]).toEqual(told);
  expect(other.ended).toBeUndefined();
});

describe("when more has happened than is kept", () => {
  it("a watcher that comes again is told of a gap, and goes on from now on", async () => {
    for (const open of [watch, watchAll]) {
      const first = await open();
      await tell();
      await hasHeard(first, 1);
      first.close();
      await flood(redis, partition);
      const again = await open({ lastId: first.lastId });
      await again.hears("gap");
      const next = await tell();
      await hasHeard(again, 1);
      expect(again.events[0]?.event).toBe("gap");
      expect(uuidsOf(again)).toEqual(next);
    }
  });

  it("while its process had no Redis, a watcher is told of a gap, too", async () => {
    const clients = [await watch(), await watchAll()];
    for (const client of clients) await client.until("live", ({ heartbeats }) => heartbeats > 0);
    await proxy.cut();
    await tell();
    await flood(redis, partition);
    await proxy.restore();
    for (const client of clients) await client.hears("gap");
    const next = await tell();
    for (const client of clients) {
      await hasHeard(client, 1);
      expect(uuidsOf(client)).toEqual(next);
      expect(client.events.filter(({ event }) => event === "gap")).toHaveLength(1);
      expect(client.ended).toBeUndefined();
    }
  });
});

describe("while Redis is away", () => {
  it.each(["cut", "freeze"] as const)(
    "(%s) a watch goes on, and what was missed comes afterwards",
    async (how) => {
      const clients = [await watch(), await watchAll()];
      const before = await tell();
      for (const client of clients) await hasHeard(client, 1);
      await proxy[how]();
      const missed = await tell(3);
      for (const client of clients) {
        const { heartbeats } = client;
        await client.until("signs of life", (now) => now.heartbeats > heartbeats + 2);
      }
      await proxy.restore();
      for (const client of clients) {
        await hasHeard(client, 4);
        expect(uuidsOf(client)).toEqual([...before, ...missed]);
        expect(client.ended).toBeUndefined();
      }
    },
  );

  it("nobody can begin to watch: a 503", async () => {
    await proxy.cut();
    for (const path of [`/v1/workflows/${workflow}/events`, "/v1/events"])
      expect(await scenario.api.get(path)).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  });
});

it("a Redis that lost what was told is a gap", async () => {
  const client = await watch();
  await tell();
  await hasHeard(client, 1);
  await proxy.cut();
  await redis.del(`wms:{${partition}}:events`);
  await proxy.restore();
  await client.hears("gap");
  const next = await tell();
  await hasHeard(client, 2);
  expect(uuidsOf(client).slice(1)).toEqual(next);
});

it("a watch that has lasted long enough ends in order, and is resumed", async () => {
  const { service } = scenario;
  const brief = await startScenario({ REDIS_URL: proxy.url, EVENTS_MAX_SECONDS: "0.1" });
  onTestFinished(() => brief.close());
  expect(brief.service.url).not.toBe(service.url);
  const first = await EventClient.open(`${brief.service.url}/v1/events`);
  await first.until("its end", ({ ended }) => ended !== undefined);
  expect(first.ended).toBe("in order");
  const told = await tell();
  const second = await watchAll({ lastId: first.lastId });
  await hasHeard(second, 1);
  expect(uuidsOf(second)).toEqual(told);
});
