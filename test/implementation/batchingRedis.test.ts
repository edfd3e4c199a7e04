import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BatchingRedis } from "../../src/redis/redisClient.js";
import { freshDatabase } from "../setup/database.js";

let client: BatchingRedis;
let url: string;

beforeEach(async () => {
  url = await freshDatabase();
  client = new BatchingRedis(url);
  await once(client, "ready");
  await turn();
});

afterEach(() => client.disconnect());

test("commands of one turn are written at its end, and are answered in their order", async () => {
  const answers = [
    client.set("a", "1"),
    client.incr("a"),
    client.pipeline().incr("a").get("a").exec(),
    client.multi().incr("a").exec(),
    client.eval("return redis.call('GET', KEYS[1])", 1, "a"),
  ];
  expect(client.stream.writableCorked).toBe(1);
  expect(client.stream.writableLength).toBeGreaterThan(0);
  await turn();
  expect(client.stream.writableCorked).toBe(0);
  expect(await Promise.all(answers)).toEqual([
    "OK",
    2,
    [
      [null, 3],
      [null, "3"],
    ],
    [[null, 4]],
    "4",
  ]);
});

test("a failing command fails alone", async () => {
  const answers = await Promise.allSettled([client.set("a", "x"), client.incr("a"), client.get("a")]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

test("works again after a lost connection", async () => {
  const other = new Redis(url);
  try {
    const back = once(client, "close").then(() => once(client, "ready"));
    await other.client("KILL", "ID", await client.client("ID"));
    await back;
    expect(await Promise.all([client.set("a", "1"), client.incr("a")])).toEqual(["OK", 2]);
  } finally {
    other.disconnect();
  }
});
