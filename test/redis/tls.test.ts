import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ensureRedisServer } from "../../scripts/setup/ensureRedisServer.js";
import { readConfig } from "../../src/config/config.js";
import { checkRedis } from "../../src/redis/checkRedis.js";
import { openClient } from "../../src/redis/openClient.js";
import { type RedisServer, startRedisServer } from "../../src/redis/redisServer.js";
import { makeTaskRequestAt, startServiceScenario } from "../scenarios/serviceScenario.js";
import { pickFreePort } from "../setup/freePort.js";
import { temporaryFolder } from "../setup/temporaryFolder.js";

const certificate = (name: string): string => resolve("test/redis/certificates", name);
const CA = { REDIS_TLS_CA: certificate("ca.crt") };
const CLIENT = { REDIS_TLS_CERT: certificate("client.crt"), REDIS_TLS_KEY: certificate("client.key") };
const POLICY = { maxRetriesPerRequest: 0, retryStrategy: () => null };

/** Starts a Redis that requires a client certificate at its port for TLS. @returns that port */
async function startEncryptedRedis(more: Record<string, string> = {}): Promise<{ server: RedisServer; port: number }> {
  let port = 0;
  const settings = async () => {
    port = await pickFreePort();
    return {
      "tls-port": String(port),
      "tls-cert-file": certificate("server.crt"),
      "tls-key-file": certificate("server.key"),
      "tls-ca-cert-file": certificate("ca.crt"),
      "tls-auth-clients": "yes",
      ...more,
    };
  };
  const dir = await temporaryFolder((remove) => afterAll(remove));
  const server = await startRedisServer({ command: await ensureRedisServer(), dir, appendOnly: true, settings });
  return { server, port };
}

/** Checks the Redis of some settings, as a start does. */
async function check(settings: Record<string, string>): Promise<void> {
  const { redis } = readConfig(settings);
  if (redis === undefined) throw new Error("no Redis is set");
  await checkRedis(redis, pino({ level: "silent" }));
}

describe("a Redis that requires a client certificate", () => {
  let encrypted: { server: RedisServer; port: number };
  let url: string;
  beforeAll(async () => {
    encrypted = await startEncryptedRedis();
    url = `rediss://127.0.0.1:${encrypted.port}`;
  });
  afterAll(() => encrypted?.server.stop());

  it("serves a workflow from its creation to its hand-out", async () => {
    const scenario = await startServiceScenario({ REDIS_URL: `${url}/3`, ...CA, ...CLIENT });
    onTestFinished(() => scenario.close());
    const at = scenario.nextAccessPoint();
    const { taskforces } = await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
    const handOut = await scenario.leaseToStart(at.createTms);
    expect(handOut.taskforce.taskforce_uuid).toBe(taskforces[0]?.taskforce_uuid);
  });

  it.each([
    ["without the authority", { ...CLIENT }, /self-signed certificate|unable to verify/],
    ["without a client certificate", { ...CA }, /certificate required|alert|ECONNRESET|closed/i],
    ["under a name that its certificate lacks", { ...CA, ...CLIENT, REDIS_TLS_SERVER_NAME: "example.org" }, /altnames/],
  ])("is refused at the start %s", async (_, settings: Record<string, string>, reason) => {
    const refusal = check({ REDIS_URL: url, ...settings });
    await expect(refusal).rejects.toThrow(/^REDIS_URL: cannot reach rediss:\/\/127\.0\.0\.1:\d+ \(/);
    await expect(refusal).rejects.toThrow(reason);
  });

  it("is accepted under another name of its certificate", async () => {
    await check({ REDIS_URL: url, ...CA, ...CLIENT, REDIS_TLS_SERVER_NAME: "redis.example.org" });
  });
});

it("a Redis Cluster with TLS between its clients and nodes is reached by its settings", async () => {
  // A node that met no other one does not know its address.
  const asCluster = { "cluster-enabled": "yes", "tls-cluster": "yes", "cluster-announce-ip": "127.0.0.1" };
  const { server, port } = await startEncryptedRedis(asCluster);
  onTestFinished(() => server.stop());
  const settings = { REDIS_CLUSTER_NODES: `127.0.0.1:${port}`, REDIS_TLS: "true", ...CA, ...CLIENT };
  const admin = openClient({ url: server.url }, POLICY);
  onTestFinished(() => admin.disconnect());
  await admin.connect();
  await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  await expect.poll(() => admin.call("CLUSTER", "INFO")).toContain("cluster_state:ok");

  const scenario = await startServiceScenario(settings);
  onTestFinished(() => scenario.close());
  const at = scenario.nextAccessPoint();
  await scenario.submitWorkflow([makeTaskRequestAt([at.location])]);
  expect((await scenario.leaseToStart(at.createTms)).taskforce.schedd).toBe(at.schedd);
});

describe("the settings of TLS", () => {
  it("hold the texts of the files", () => {
    const settings = { REDIS_URL: "rediss://redis:6380", ...CA, ...CLIENT, REDIS_TLS_SERVER_NAME: "redis" };
    const [ca, cert, key] = ["ca.crt", "client.crt", "client.key"].map((name) =>
      readFileSync(certificate(name), "utf8"),
    );
    expect(readConfig(settings).redis).toEqual({
      url: "rediss://redis:6380",
      tls: { ca, cert, key, servername: "redis" },
    });
  });

  it.each([
    [
      { REDIS_URL: "redis://redis", ...CA },
      "REDIS_TLS_CA: needs REDIS_TLS=true, or a REDIS_URL that begins with rediss://",
    ],
    [{ ...CLIENT }, "REDIS_TLS_CERT: needs REDIS_TLS=true, or a REDIS_URL that begins with rediss://"],
    [
      { REDIS_URL: "rediss://redis", REDIS_TLS_CERT: certificate("client.crt") },
      "REDIS_TLS_CERT, REDIS_TLS_KEY: set both, or neither",
    ],
    [{ REDIS_URL: "rediss://redis", REDIS_TLS_CA: "/nowhere" }, "REDIS_TLS_CA: can't read /nowhere (ENOENT)"],
    [{ REDIS_URL: "rediss://redis", REDIS_TLS_CA: "package.json" }, "REDIS_TLS_CA: package.json is not in PEM format"],
  ])("%j are refused", (settings: Record<string, string>, message) => {
    expect(() => readConfig(settings)).toThrow(message);
  });
});
