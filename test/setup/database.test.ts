import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "./database.js";

const clients: Redis[] = [];
afterAll(() => {
  for (const client of clients) client.disconnect();
});

async function open(): Promise<Redis> {
  const client = new Redis(await freshDatabase());
  clients.push(client);
  return client;
}

test("every test has an empty database of its own", async () => {
  const [one, other] = [await open(), await open()];
  await one.set("key", "value");
  expect(await one.dbsize()).toBe(1);
  expect(await other.dbsize()).toBe(0);
});
