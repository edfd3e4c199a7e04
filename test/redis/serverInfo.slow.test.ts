import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { isPersistenceOk, readServers } from "../../src/redis/serverInfo.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { waitForValue } from "../setup/waitFor.js";

async function startWithClient() {
  const { url } = await startOwnRedis();
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  return { redis, url };
}

const readServer = async (redis: Redis) => (await readServers(redis))[0] ?? expect.fail("no server");

test("the state of a server has its version, memory and persistence", async () => {
  const { redis } = await startWithClient();
  await redis.config("SET", "maxmemory", "1000000000");
  expect(await readServer(redis)).toEqual({
    address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    role: "master",
    used_memory_bytes: expect.any(Number),
    max_memory_bytes: 1_000_000_000,
    persistence: {
      aof_enabled: false,
      rdb_enabled: false,
      last_save_ok: true,
      last_save: expect.any(Number),
      last_aof_write_ok: true,
      last_fork_us: expect.any(Number),
      aof_delayed_fsyncs: null,
    },
    replicas: [],
  });
  await redis.config("SET", "appendonly", "yes");
  await redis.config("SET", "save", "3600 1");
  const { persistence } = await waitForValue(
    "the append-only file is written",
    () => readServer(redis),
    ({ persistence: now }) => now.aof_delayed_fsyncs !== null,
  );
  expect(persistence).toMatchObject({ aof_enabled: true, rdb_enabled: true, aof_delayed_fsyncs: 0 });
  expect(persistence.last_fork_us).toBeGreaterThan(0);
});

test("replicas are listed with their lag", async () => {
  const { redis, url } = await startWithClient();
  const replica = await startWithClient();
  await redis.config("SET", "repl-diskless-sync-delay", "0");
  const { hostname, port } = new URL(url);
  await replica.redis.replicaof(hostname, port);
  const { replicas } = await waitForValue(
    "the replica is online",
    () => readServer(redis),
    ({ replicas: [one] }) => one?.state === "online" && one.lag_bytes === 0,
  );
  expect(replicas).toEqual([
    {
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      state: "online",
      lag_bytes: 0,
      lag_seconds: expect.any(Number),
    },
  ]);
  expect((await readServer(replica.redis)).role).toBe("replica");
});

test("a user without INFO and CONFIG sees null everywhere", async () => {
  const { redis, url } = await startWithClient();
  await redis.call("ACL", "SETUSER", "poor", "on", "nopass", "~*", "+@all", "-info", "-config");
  const poor = new Redis(url, { username: "poor", password: "any" });
  onTestFinished(() => poor.disconnect());
  const server = await readServer(poor);
  expect(server).toMatchObject({ version: null, role: null, used_memory_bytes: null, replicas: [] });
  expect(Object.values(server.persistence)).toEqual(Array(7).fill(null));
  expect(isPersistenceOk(server)).toBeUndefined();
});

test.each([
  [true, true, true],
  [false, true, false],
  [true, false, false],
  [null, true, true],
  [false, null, false],
])("persistence with last_save_ok %s and last_aof_write_ok %s is ok: %s", async (save, aof, ok) => {
  const { redis } = await startWithClient();
  const server = await readServer(redis);
  const persistence = { ...server.persistence, last_save_ok: save, last_aof_write_ok: aof };
  expect(isPersistenceOk({ ...server, persistence })).toBe(ok);
});
