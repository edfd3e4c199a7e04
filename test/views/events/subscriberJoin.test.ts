import { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import type { WorkflowId } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { openStore, type Store } from "../../../src/store/store.js";
import { Subscribers } from "../../../src/views/events/subscribers.js";
import type { SseClient } from "../../../src/views/events/subscription.js";
import { freshDatabase } from "../../setup/database.js";
import { openRedis } from "../../setup/testRedis.js";
import { waitForValue } from "../../setup/waitFor.js";
import { appendPhaseEvent, newTaskforceUuids, newWorkflowInPartition } from "./eventFixtures.js";

const PARTITIONS = 3;
const log = pino({ level: "silent" });

let url: string;
let redis: RedisClient;
let store: Store;
let subscribers: Subscribers;
beforeEach(async () => {
  url = await freshDatabase();
  redis = openRedis(url);
  store = await openStore(redis, { partitions: PARTITIONS });
  subscribers = new Subscribers({
    store,
    openBlockingConnection: async () => openRedis(url),
    blockMs: 1000,
    log,
  });
});
afterEach(() => redis.disconnect());

/** Records the received events. */
class RecordingSubscriber implements SseClient {
  readonly events: [id: string, data: string][] = [];
  gaps = 0;
  hasEnded = false;

  send(sseEvents: Buffer): void {
    for (const [, name, id = "", data = ""] of sseEvents.toString().matchAll(/^event: (\w+)\nid: (\S+)\ndata: (.+)$/gm))
      if (name === "gap") this.gaps++;
      else this.events.push([id, data]);
  }
  async waitUntilDrained(): Promise<void> {}
  disconnect(): void {
    this.hasEnded = true;
  }
}

async function subscribe(workflow: WorkflowId | undefined, lastId?: string): Promise<RecordingSubscriber> {
  const client = new RecordingSubscriber();
  const watching = await subscribers.subscribe(workflow, lastId);
  onTestFinished(() => watching.close());
  watching.start(client);
  return client;
}

it("a subscriber that joins during a burst of events, at any position, gets each once and in order", async () => {
  const workflows = Array.from({ length: PARTITIONS }, (_, partition) => newWorkflowInPartition(partition, PARTITIONS));
  const references = await Promise.all([undefined, ...workflows].map((workflow) => subscribe(workflow)));
  let isPublishing = true;
  let published = 0;
  const publishing = workflows.map(async (workflow, partition) => {
    for (let n = 0; n < 600; n++) {
      const count = n % 50 === 0 ? 130 : 1 + (n % 3);
      await appendPhaseEvent(redis, partition, newTaskforceUuids(workflow, count));
      published += count;
    }
  });
  void Promise.all(publishing).then(() => {
    isPublishing = false;
  });

  await Promise.all(
    references.map((reference) =>
      waitForValue(
        "the first event arrives",
        async () => reference.events.length,
        (received) => received > 0,
      ),
    ),
  );
  const late: { from: number; of: RecordingSubscriber; client: RecordingSubscriber }[] = [];
  for (let n = 0; isPublishing && n < 60; n++) {
    const of = references[n % references.length] as RecordingSubscriber;
    const { events } = of;
    // Alternately from the beginning, from the newest event, and from a position between them.
    const from = Math.floor((events.length - 1) * ([0, 1, 0.5, 0.9][(n >> 2) % 4] ?? 0));
    const [id] = events[from] ?? [];
    late.push({ from, of, client: await subscribe([undefined, ...workflows][n % references.length], id) });
  }
  await Promise.all(publishing);

  expect(late.length).toBeGreaterThan(20);
  const [ofAll] = references as [RecordingSubscriber];
  await waitForValue(
    "the first subscriber has received all",
    async () => ofAll.events.length,
    (received) => received === published,
  );
  for (const { from, of, client } of late) {
    await waitForValue(
      "the rest arrives",
      async () => client.events.length,
      (received) => received >= of.events.length - from - 1,
    );
    const rest = of.events.slice(from + 1);
    if (of !== ofAll) expect(client.events).toEqual(rest);
    // The order of events of different workflows varies, and their ids with it.
    else expect(client.events.map(([, data]) => data).sort()).toEqual(rest.map(([, data]) => data).sort());
    expect(client.gaps).toBe(0);
    expect(client.hasEnded).toBe(false);
  }
});

it("a subscriber gets an error while Redis is unreachable, and the next one is served", async () => {
  const away = new Subscribers({
    store,
    openBlockingConnection: async () => {
      const client = new Redis("redis://127.0.0.1:1", { lazyConnect: true, retryStrategy: () => null });
      client.on("error", () => undefined);
      await client.connect();
      return client;
    },
    blockMs: 1000,
    log,
  });
  await expect(away.subscribe(undefined, undefined)).rejects.toMatchObject({ kind: "unavailable" });
  expect(away.count).toBe(0);
  await expect(away.subscribe(undefined, undefined)).rejects.toMatchObject({ kind: "unavailable" });
});
