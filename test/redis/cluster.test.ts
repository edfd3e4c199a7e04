import { Cluster } from "ioredis";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalCluster, startCluster } from "../../scripts/redis/localCluster.js";
import type { RedisLocation } from "../../src/domain/redisLocation.js";
import { provideRedis } from "../../src/redis/provideRedis.js";
import { listMasters } from "../../src/redis/redisClient.js";
import {
  makeTaskRequestAt,
  type ServiceScenario,
  startServiceScenario,
  type TestAccessPoint,
} from "../scenarios/serviceScenario.js";
import { freshDatabase } from "../setup/database.js";
import { EventClient, phaseSteps } from "../views/events/eventClient.js";

const PARTITIONS = 48;

describe("on a Redis Cluster of three masters", () => {
  let cluster: LocalCluster;
  let admin: Cluster;
  let scenario: ServiceScenario;
  let accessPoints: TestAccessPoint[];

  beforeAll(async () => {
    cluster = await startCluster({ masters: 3 });
    scenario = await startServiceScenario({
      REDIS_CLUSTER_NODES: cluster.addresses,
      STORE_PARTITIONS: String(PARTITIONS),
      RECONCILE_SECONDS: "0.5",
      RATE_LIMIT_PER_MINUTE: "100000",
    });
    accessPoints = [scenario.nextAccessPoint(), scenario.nextAccessPoint()];
    admin = new Cluster(cluster.servers.map(({ port }) => ({ host: "127.0.0.1", port })));
  });
  afterAll(async () => {
    await scenario?.close();
    admin?.disconnect();
    await cluster?.stop();
  });

  const submitted = async (): Promise<string> => {
    const { workflow, taskforces } = await scenario.submitWorkflow([
      makeTaskRequestAt(accessPoints.map(({ location }) => location)),
    ]);
    for (const { taskforce_uuid } of taskforces) await scenario.waitForPhase(taskforce_uuid, "pending-starter");
    for (const { createTms } of accessPoints) await createTms.submit(await scenario.leaseToStart(createTms));
    return workflow.workflow_id;
  };

  const stopped = async (): Promise<void> => {
    for (const { createTms } of accessPoints) {
      const stopping = await scenario.leaseToStop(createTms);
      await createTms.remove(stopping);
      await createTms.complete(stopping);
    }
  };

  it("workflows are spread over all masters, and each process finds them", async () => {
    for (let n = 0; n < 12; n++)
      await scenario.submitWorkflow([makeTaskRequestAt([scenario.nextAccessPoint().location])]);
    for (const master of listMasters(admin)) expect(await master.dbsize()).toBeGreaterThan(20);
    const { body } = await scenario.request<{ workflows: unknown[] }>("POST", "/v1/query/workflows", {
      query: {},
    });
    expect(body.workflows).toHaveLength(12);
  });

  it("a workflow passes through all phases, and a subscriber receives each step", async () => {
    const watcher = await EventClient.open(`${scenario.url}/v1/events`);
    const workflow = await submitted();
    await scenario.deactivate(workflow, "abort");
    await stopped();
    const about = () => watcher.events.filter(({ data }) => data.workflow_id === workflow);
    await watcher.waitUntil("the last step of both taskforces", () => phaseSteps(about()).length === 12);
    expect([...new Set(phaseSteps(about()))]).toEqual([
      "pre-mq-activation > pre-launch",
      "pre-launch > pending-starter",
      "pending-starter > condor-submit",
      "condor-submit > pending-stopper",
      "pending-stopper > condor-rm",
      "condor-rm > condor-complete",
    ]);
  });

  it("lost queues of a node are restored", async () => {
    const workflow = await submitted();
    await scenario.deactivate(workflow, "finished");
    for (const master of listMasters(admin)) {
      const queues = await master.keys("{wmsq-*");
      for (const key of queues) await admin.del(key);
    }
    await stopped();
  });

  it("a lost script of a node is loaded again", async () => {
    for (const master of listMasters(admin)) await master.script("FLUSH");
    await scenario.deactivate(await submitted(), "abort");
    await stopped();
  });

  const provide = (location: RedisLocation) =>
    provideRedis({
      location,
      dataDir: "unused",
      appendOnly: false,
      waitSeconds: 0,
      signal: new AbortController().signal,
      log: pino({ level: "silent" }),
    });

  it("is recognized at start", async () => {
    const [node] = cluster.servers;
    await expect(provide({ url: node?.url ?? "" })).rejects.toThrow(
      `REDIS_URL: ${node?.url} is part of a Redis Cluster; set REDIS_CLUSTER_NODES instead`,
    );
    const { hostname, port } = new URL(await freshDatabase());
    const login = { username: undefined, password: undefined, tls: undefined };
    await expect(provide({ clusterNodes: [{ host: hostname, port: Number(port) }], login })).rejects.toThrow(
      `REDIS_CLUSTER_NODES: cannot reach the cluster of ${hostname}:${port} (ERR This instance has cluster support disabled)`,
    );
  });

  it("is refused when one of its masters may evict data", async () => {
    const [, second] = listMasters(admin);
    const clusterNodes = cluster.servers.map(({ port }) => ({ host: "127.0.0.1", port }));
    const location = { clusterNodes, login: { username: undefined, password: undefined, tls: undefined } };
    expect((await provide(location)).source).toBe(`the cluster of ${cluster.addresses.replaceAll(",", ", ")}`);
    await second?.config("SET", "maxmemory-policy", "allkeys-lru");
    await expect(provide(location)).rejects.toThrow("the maxmemory-policy of this Redis is allkeys-lru");
    await second?.config("SET", "maxmemory-policy", "noeviction");
  });
});
