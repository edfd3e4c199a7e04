import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import type { WorkflowId } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { partitionOf } from "../../../src/store/keys.js";
import { type ApiFixture, startApiFixture } from "../../api/apiFixture.js";
import { type RedisProxy, startRedisProxy } from "../../api/redisProxy.js";
import { freshDatabase } from "../../setup/database.js";
import { openRedis } from "../../setup/testRedis.js";
import { EventClient } from "./eventClient.js";
import { appendPhaseEvent, newTaskforceUuids, overflowStream } from "./eventFixtures.js";

const PARTITIONS = 16;

let proxy: RedisProxy;
let fixture: ApiFixture;
/** A client without the proxy. */
let redis: RedisClient;
let workflow: WorkflowId;
let partition: number;
beforeEach(async () => {
  const database = await freshDatabase();
  redis = openRedis(database);
  proxy = await startRedisProxy(database);
  fixture = await startApiFixture({
    REDIS_URL: proxy.url,
    EVENTS_HEARTBEAT_SECONDS: "0.05",
    EVENTS_MAX_BUFFER_BYTES: "100000",
    // Prevents other events.
    RECONCILE_SECONDS: "3600",
  });
  const { workflow_id } = await fixture.createPendingTaskforce();
  workflow = workflow_id as WorkflowId;
  partition = partitionOf(workflow, PARTITIONS);
});
afterEach(async () => {
  await proxy.restore();
  await fixture.close();
  await proxy.close();
  redis.disconnect();
});

const subscribe = (options?: Parameters<typeof EventClient.open>[1]) =>
  EventClient.open(`${fixture.service.url}/v1/workflows/${workflow}/events`, options);
const subscribeToAll = (options?: Parameters<typeof EventClient.open>[1]) =>
  EventClient.open(`${fixture.service.url}/v1/events`, options);
const appendEvents = async (count = 1) => {
  const taskforces = newTaskforceUuids(workflow, count);
  await appendPhaseEvent(redis, partition, taskforces);
  return taskforces;
};
const uuidsOf = ({ events }: EventClient) =>
  events.flatMap(({ event, data }) => (event === "phase" ? [data.taskforce_uuid] : []));
/** From the metrics. */
const readSubscriberCount = async () => {
  const text = await (await fetch(`${fixture.service.url}/metrics`)).text();
  return Number(/^wms_event_watchers (\d+)$/m.exec(text)?.[1]);
};
const waitForTaskforces = (client: EventClient, count: number) =>
  client.waitUntil(`${count} taskforces`, (received) => uuidsOf(received).length >= count);

it("only a subscriber that does not read is disconnected, and it receives the rest after it reconnects", async () => {
  const slow = await subscribe({ isPaused: true });
  const other = await subscribe();
  const published: string[] = [];
  // The buffers of both sockets delay the disconnection.
  while ((await readSubscriberCount()) === 2) {
    published.push(...(await appendEvents(500)));
    await waitForTaskforces(other, published.length);
  }
  slow.startReading();
  await slow.waitUntil("it has lost its connection", ({ ended }) => ended !== undefined);
  expect(slow.ended).toBe("broken off");
  expect(uuidsOf(other)).toEqual(published);

  const again = await subscribe({ lastId: slow.lastId, isPaused: true });
  published.push(...(await appendEvents(500)));
  again.startReading();
  await waitForTaskforces(again, published.length - uuidsOf(slow).length);
  expect([...uuidsOf(slow), ...uuidsOf(again)]).toEqual(published);
  expect(other.ended).toBeUndefined();
});

describe("when the events stream was trimmed", () => {
  it("a subscriber that reconnects receives a gap, and continues from now on", async () => {
    for (const open of [subscribe, subscribeToAll]) {
      const first = await open();
      await appendEvents();
      await waitForTaskforces(first, 1);
      first.close();
      await overflowStream(redis, partition);
      const again = await open({ lastId: first.lastId });
      await again.waitForEvent("gap");
      const next = await appendEvents();
      await waitForTaskforces(again, 1);
      expect(again.events[0]?.event).toBe("gap");
      expect(uuidsOf(again)).toEqual(next);
    }
  });

  it("a subscriber receives a gap after an outage of Redis, too", async () => {
    const clients = [await subscribe(), await subscribeToAll()];
    for (const client of clients) await client.waitUntil("live", ({ heartbeats }) => heartbeats > 0);
    await proxy.disconnect();
    await appendEvents();
    await overflowStream(redis, partition);
    await proxy.restore();
    for (const client of clients) await client.waitForEvent("gap");
    const next = await appendEvents();
    for (const client of clients) {
      await waitForTaskforces(client, 1);
      expect(uuidsOf(client)).toEqual(next);
      expect(client.events.filter(({ event }) => event === "gap")).toHaveLength(1);
      expect(client.ended).toBeUndefined();
    }
  });
});

describe("while Redis is unreachable", () => {
  it.each(["disconnect", "freeze"] as const)(
    "(%s) a subscription continues, and missed events arrive afterwards",
    async (how) => {
      const clients = [await subscribe(), await subscribeToAll()];
      const before = await appendEvents();
      for (const client of clients) await waitForTaskforces(client, 1);
      await proxy[how]();
      const missed = await appendEvents(3);
      for (const client of clients) {
        const { heartbeats } = client;
        await client.waitUntil("signs of life", (now) => now.heartbeats > heartbeats + 2);
      }
      await proxy.restore();
      for (const client of clients) {
        await waitForTaskforces(client, 4);
        expect(uuidsOf(client)).toEqual([...before, ...missed]);
        expect(client.ended).toBeUndefined();
      }
    },
  );

  it("a new subscription is a 503", async () => {
    await proxy.disconnect();
    for (const path of [`/v1/workflows/${workflow}/events`, "/v1/events"])
      expect(await fixture.client.get(path)).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  });
});

it("a loss of published events in Redis is a gap", async () => {
  const client = await subscribe();
  await appendEvents();
  await waitForTaskforces(client, 1);
  await proxy.disconnect();
  await redis.del(`wms:{${partition}}:events`);
  await proxy.restore();
  await client.waitForEvent("gap");
  const next = await appendEvents();
  await waitForTaskforces(client, 2);
  expect(uuidsOf(client).slice(1)).toEqual(next);
});

it("a watch ends after its maximum duration, and can be resumed", async () => {
  const { service } = fixture;
  const brief = await startApiFixture({ REDIS_URL: proxy.url, EVENTS_MAX_SECONDS: "0.1" });
  onTestFinished(() => brief.close());
  expect(brief.service.url).not.toBe(service.url);
  const first = await EventClient.open(`${brief.service.url}/v1/events`);
  await first.waitUntil("its end", ({ ended }) => ended !== undefined);
  expect(first.ended).toBe("in order");
  const published = await appendEvents();
  const second = await subscribeToAll({ lastId: first.lastId });
  await waitForTaskforces(second, 1);
  expect(uuidsOf(second)).toEqual(published);
});
