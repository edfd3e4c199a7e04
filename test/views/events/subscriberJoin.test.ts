import { Redis } from "ioredis";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it, onTestFinished } from "vitest";
import type { WorkflowId } from "../../../src/domain/ids.js";
import type { RedisClient } from "../../../src/redis/redisClient.js";
import { openStore, type Store } from "../../../src/store/store.js";
import type { Client } from "../../../src/views/events/subscription.js";
import { Watchers } from "../../../src/views/events/subscribers.js";
import { openRedis } from "../../setup/testRedis.js";
import { freshDatabase } from "../../setup/database.js";
import { eventually } from "../../scenarios/serviceScenario.js";
import { taskforcesOf, tellPhase, workflowIn } from "./eventFixtures.js";

const PARTITIONS = 3;
const log = pino({ level: "silent" });

let url: string;
let redis: RedisClient;
let store: Store;
let watchers: Watchers;
beforeEach(async () => {
  url = await freshDatabase();
  redis = openRedis(url);
  store = await openStore(redis, { partitions: PARTITIONS });
  watchers = new Watchers({ store, connect: async () => openRedis(url), patience: 1000, log });
});
afterEach(() => redis.disconnect());

/** Keeps what it is sent. */
class Listening implements Client {
  readonly events: [id: string, data: string][] = [];
  gaps = 0;
  hasEnded = false;

  send(frames: Buffer): void {
    for (const [, name, id = "", data = ""] of frames
      .toString()
      .matchAll(/^event: (\w+)\nid: (\S+)\ndata: (.+)$/gm))
      if (name === "gap") this.gaps++;
      else this.events.push([id, data]);
  }
  async taken(): Promise<void> {}
  end(): void {
    this.hasEnded = true;
  }
}

async function watch(workflow: WorkflowId | undefined, lastId?: string): Promise<Listening> {
  const client = new Listening();
  const watching = await watchers.open(workflow, lastId);
  onTestFinished(() => watching.close());
  watching.begin(client);
  return client;
}

it("whoever comes while events pour in, from whichever place, gets each once and in order", async () => {
  const workflows = Array.from({ length: PARTITIONS }, (_, partition) => workflowIn(partition, PARTITIONS));
  const witnesses = await Promise.all([undefined, ...workflows].map((workflow) => watch(workflow)));
  let isPouring = true;
  let told = 0;
  const pouring = workflows.map(async (workflow, partition) => {
    for (let n = 0; n < 600; n++) {
      const count = n % 50 === 0 ? 130 : 1 + (n % 3);
      await tellPhase(redis, partition, taskforcesOf(workflow, count));
      told += count;
    }
  });
  void Promise.all(pouring).then(() => {
    isPouring = false;
  });

  await Promise.all(
    witnesses.map((witness) =>
      eventually(
        "something is heard",
        async () => witness.events.length,
        (heard) => heard > 0,
      ),
    ),
  );
  const late: { from: number; of: Listening; client: Listening }[] = [];
  for (let n = 0; isPouring && n < 60; n++) {
    const of = witnesses[n % witnesses.length] as Listening;
    const { events } = of;
    // In turn from the beginning, from the newest event, and from somewhere between.
    const from = Math.floor((events.length - 1) * ([0, 1, 0.5, 0.9][(n >> 2) % 4] ?? 0));
    const [id] = events[from] ?? [];
    late.push({ from, of, client: await watch([undefined, ...workflows][n % witnesses.length], id) });
  }
  await Promise.all(pouring);

  expect(late.length).toBeGreaterThan(20);
  const [ofAll] = witnesses as [Listening];
  await eventually(
    "the witness has heard all",
    async () => ofAll.events.length,
    (heard) => heard === told,
  );
  for (const { from, of, client } of late) {
    await eventually(
      "the rest is heard",
      async () => client.events.length,
      (heard) => heard >= of.events.length - from - 1,
    );
    const rest = of.events.slice(from + 1);
    if (of !== ofAll) expect(client.events).toEqual(rest);
    // Workflows are mixed as they come, so ids differ.
    else expect(client.events.map(([, data]) => data).sort()).toEqual(rest.map(([, data]) => data).sort());
    expect(client.gaps).toBe(0);
    expect(client.hasEnded).toBe(false);
  }
});

it("all watchers of a process share one connection, which is there as long as somebody watches", async () => {
  const followers = async () => {
    const number = new URL(url).pathname.slice(1);
    const clients = String(await redis.call("CLIENT", "LIST"));
    return clients.split("\n").filter((line) => line.includes(` db=${number} `) && / cmd=xread /.test(line))
      .length;
  };
  const reaches = (count: number) => eventually("connections", followers, (now) => now === count);
  expect(await followers()).toBe(0);
  const workflow = workflowIn(0, PARTITIONS);
  const open = await Promise.all([watchers.open(workflow, undefined), watchers.open(undefined, undefined)]);
  await reaches(1);
  expect(watchers.count).toBe(2);
  for (const one of open) one.close();
  for (const one of open) one.close();
  await reaches(0);
  expect(watchers.count).toBe(0);
  (await watchers.open(workflow, undefined)).close();
  const again = await watchers.open(workflow, undefined);
  await reaches(1);
  again.close();
});

it("who can't be served because Redis is away is told so, and the next one is served", async () => {
  const away = new Watchers({
    store,
    connect: async () => {
      const client = new Redis("redis://127.0.0.1:1", { lazyConnect: true, retryStrategy: () => null });
      client.on("error", () => undefined);
      await client.connect();
      return client;
    },
    patience: 1000,
    log,
  });
  await expect(away.open(undefined, undefined)).rejects.toMatchObject({ kind: "unavailable" });
  expect(away.count).toBe(0);
  await expect(away.open(undefined, undefined)).rejects.toMatchObject({ kind: "unavailable" });
});
