import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { freshDatabase } from "../setup/database.js";
import { startOwnRedis } from "../setup/ownRedis.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";
import { ServiceProcess } from "./serviceProcess.js";

type Program = ConstructorParameters<typeof ServiceProcess>[0];

/** Starts a program that must refuse. @returns its one sentence, after checking that it is one, and the exit code 1 */
async function startAndReadRefusal(environment: Record<string, string>, program: Program = "main"): Promise<string> {
  const refused = new ServiceProcess(program, {
    DATA_DIR: await temporaryFolder(),
    REDIS_WAIT_SECONDS: "0",
    // Without the warnings about the settings of the tests' Redis.
    LOG_LEVEL: "error",
    ...environment,
  });
  expect(await refused.waitForExit()).toBe(1);
  expect(refused.stdout).toBe("");
  const [sentence, ...rest] = refused.stderr.split("\n");
  expect(rest).toEqual([""]);
  return sentence ?? "";
}

/** @returns the port of a server that listens until the test has ended */
function portOf(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

test("a port that is taken", async () => {
  const port = await portOf(createServer());
  expect(await startAndReadRefusal({ REST_PORT: String(port), REDIS_URL: await freshDatabase() })).toBe(
    `REST_PORT: 127.0.0.1:${port} is in use by another program; stop it, or set REST_PORT`,
  );
});

test("a REDIS_URL that is the path of a socket where nothing listens, and its password is not shown", async () => {
  const path = join(await temporaryFolder(), "redis.sock");
  expect(await startAndReadRefusal({ REDIS_URL: `${path}?password=supersecret` })).toBe(
    `REDIS_URL: cannot reach ${path} (connect ENOENT ${path})`,
  );
});

test("a REDIS_URL where nothing listens, and its password is not shown", async () => {
  const server = createTcpServer();
  const port = await portOf(server);
  await new Promise((resolve) => server.close(resolve));
  expect(await startAndReadRefusal({ REDIS_URL: `redis://user:secret@127.0.0.1:${port}/3` })).toBe(
    `REDIS_URL: cannot reach redis://127.0.0.1:${port}/3 (connect ECONNREFUSED 127.0.0.1:${port})`,
  );
});

test("a REDIS_URL where something listens that never answers", async () => {
  const port = await portOf(createTcpServer((socket) => socket.on("error", () => undefined)));
  expect(await startAndReadRefusal({ REDIS_URL: `redis://127.0.0.1:${port}` })).toBe(
    `REDIS_URL: cannot reach redis://127.0.0.1:${port} (it does not answer, or is still loading its data)`,
  );
});

test("a REDIS_URL that is none", async () => {
  expect(await startAndReadRefusal({ REDIS_URL: "localhost" })).toMatch(/^REDIS_URL: is not a redis:\/\/host:port/);
});

test("a REDIS_URL with a database that does not exist, rather than another one's data", async () => {
  const address = new URL(await freshDatabase());
  address.pathname = "/99999";
  expect(await startAndReadRefusal({ REDIS_URL: address.href })).toMatch(
    /^REDIS_URL: redis:.*\/99999 can't be used, there is no database 99999 \(ERR .*\)$/,
  );
  address.pathname = "/wms";
  expect(await startAndReadRefusal({ REDIS_URL: address.href })).toMatch(/^REDIS_URL: the database is not a number; /);
});

test("a setting that can't be used", async () => {
  expect(await startAndReadRefusal({ REST_PORT: "eighty" })).toMatch(/^REST_PORT: /);
});

test("a port that others can reach, while tokens are not checked", async () => {
  expect(await startAndReadRefusal({ REST_HOST: "0.0.0.0" })).toBe(
    "REST_HOST: other hosts can reach this address, and authentication is off; " +
      "set AUTH_OPENID_URL, or AUTH_DISABLED=true if something else protects the port",
  );
});

test.each(["main", "web", "worker"] as const)("%s in production without a word on tokens", async (program) => {
  expect(await startAndReadRefusal({ NODE_ENV: "production" }, program)).toBe(
    "AUTH_OPENID_URL: must be set in production, or AUTH_DISABLED=true if something else protects the port",
  );
});

test("another STORE_PARTITIONS than the data was written with", async () => {
  const REDIS_URL = await freshDatabase();
  const first = new ServiceProcess("main", { REDIS_URL });
  await first.waitForUrl();
  expect(await startAndReadRefusal({ REDIS_URL, STORE_PARTITIONS: "17" })).toMatch(
    /^STORE_PARTITIONS: is 17, but the data .* was written with 16; set STORE_PARTITIONS=16$/,
  );
});

test.each(["web", "worker"] as const)("%s without a REDIS_URL", async (program) => {
  expect(await startAndReadRefusal({}, program)).toMatch(/^REDIS_URL: must be set, /);
});

test("a Redis that drops data when its memory is full, also where CONFIG is forbidden", async () => {
  const server = await startOwnRedis();
  const redis = new Redis(server.url);
  await redis.config("SET", "maxmemory-policy", "allkeys-lru");
  await redis.call("ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-config");
  redis.disconnect();

  const sentence = /^REDIS_URL: the maxmemory-policy of this Redis is allkeys-lru, .*; set it to noeviction$/;
  expect(await startAndReadRefusal({ REDIS_URL: server.url })).toMatch(sentence);
  expect(await startAndReadRefusal({ REDIS_URL: server.url.replace("//", "//app:secret@") })).toMatch(sentence);
});

test("a Redis that may not be written to", async () => {
  const server = await startOwnRedis();
  const redis = new Redis(server.url);
  await redis.call("ACL", "SETUSER", "other", "on", ">secret", "~other:*", "&*", "+@all");
  expect(await startAndReadRefusal({ REDIS_URL: server.url.replace("//", "//other:secret@") })).toMatch(
    /^REDIS_URL: this Redis refuses the service's data \(NOPERM .*\)$/,
  );
  await redis.replicaof("127.0.0.1", 1);
  redis.disconnect();
  expect(await startAndReadRefusal({ REDIS_URL: server.url })).toMatch(
    /^REDIS_URL: redis:.* is a replica, which accepts no writes; set the address of its master$/,
  );
});

test("no redis-server on the PATH", async () => {
  const PATH = await temporaryFolder();
  expect(await startAndReadRefusal({ PATH })).toMatch(
    /^no redis-server on the PATH: install one with ".+", or set REDIS_URL$/,
  );
});

test("a redis-server that is too old", async () => {
  const PATH = await temporaryFolder();
  await writeFile(join(PATH, "redis-server"), "#!/bin/sh\necho 'Redis server v=6.0.16 sha=00000000:0'\n");
  await chmod(join(PATH, "redis-server"), 0o755);
  expect(await startAndReadRefusal({ PATH })).toMatch(/^redis-server 6\.0\.16 is too old: 6\.2 or newer is needed /);
});

test("a data folder that can't be made", async () => {
  const file = join(await temporaryFolder(), "file");
  await writeFile(file, "");
  expect(await startAndReadRefusal({ DATA_DIR: join(file, "data") })).toMatch(
    /^DATA_DIR: cannot use .+ \(.*ENOTDIR.*\)$/,
  );
});
