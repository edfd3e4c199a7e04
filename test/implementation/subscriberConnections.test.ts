import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/store.js";
import { Subscribers } from "../../src/views/events/subscribers.js";
import { freshDatabase } from "../setup/database.js";
import { openRedis } from "../setup/testRedis.js";
import { waitForValue } from "../setup/waitFor.js";
import { newWorkflowInPartition } from "../views/events/eventFixtures.js";

const PARTITIONS = 3;

it("all subscribers of a process share one connection, which exists while there is a subscriber", async () => {
  const url = await freshDatabase();
  const redis = openRedis(url);
  onTestFinished(() => redis.disconnect());
  const store = await openStore(redis, { partitions: PARTITIONS });
  const subscribers = new Subscribers({
    store,
    openBlockingConnection: async () => openRedis(url),
    blockMs: 1000,
    log: pino({ level: "silent" }),
  });
  const readers = async () => {
    const number = new URL(url).pathname.slice(1);
    const clients = String(await redis.call("CLIENT", "LIST"));
    return clients.split("\n").filter((line) => line.includes(` db=${number} `) && / cmd=xread /.test(line)).length;
  };
  const reaches = (count: number) => waitForValue("connections", readers, (now) => now === count);
  expect(await readers()).toBe(0);
  const workflow = newWorkflowInPartition(0, PARTITIONS);
  const open = await Promise.all([
    subscribers.subscribe(workflow, undefined),
    subscribers.subscribe(undefined, undefined),
  ]);
  await reaches(1);
  expect(subscribers.count).toBe(2);
  for (const one of open) one.close();
  for (const one of open) one.close();
  await reaches(0);
  expect(subscribers.count).toBe(0);
  (await subscribers.subscribe(workflow, undefined)).close();
  const again = await subscribers.subscribe(workflow, undefined);
  await reaches(1);
  again.close();
});
