import { Cluster, Redis } from "ioredis";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { startCluster } from "../redis/localCluster.js";
import { startSentinels } from "../redis/localSentinels.js";
import { type FailoverOptions, replicasPerMaster } from "./failoverOptions.js";

/** Replicated Redis servers for a failover. */
export interface RedisDeployment {
  /** The settings by which the service finds the servers. */
  environment: Record<string, string>;
  partitions: number;
  /** Ports. */
  masterPorts: number[];
  replicasPerMaster: number;
  /** A client of the current master. */
  connect(): RedisClient;
  stop(): Promise<void>;
}

/** Starts the servers of a run. */
export const startRedisDeployment = (options: FailoverOptions): Promise<RedisDeployment> =>
  options.kind === "sentinels" ? startSentinelDeployment(options) : startClusterDeployment(options);

const replicationSettings = ({ isSafe, maxLagSeconds }: FailoverOptions) => ({
  "min-replicas-to-write": isSafe ? "1" : "0",
  "min-replicas-max-lag": String(maxLagSeconds),
});

async function startClusterDeployment(options: FailoverOptions): Promise<RedisDeployment> {
  const masters = 3;
  const replicas = replicasPerMaster(options.isSafe);
  const settings = { "cluster-node-timeout": "2000", ...replicationSettings(options) };
  const { addresses, servers, stop } = await startCluster({ masters, replicas, settings });
  return {
    environment: { REDIS_CLUSTER_NODES: addresses },
    partitions: 48,
    masterPorts: servers.slice(0, masters).map(({ port }) => port),
    replicasPerMaster: replicas,
    connect: () => new Cluster(servers.map(({ port }) => ({ host: "127.0.0.1", port }))),
    stop,
  };
}

async function startSentinelDeployment(options: FailoverOptions): Promise<RedisDeployment> {
  const replicas = replicasPerMaster(options.isSafe);
  const { addresses, name, master, stop } = await startSentinels({
    replicas,
    settings: replicationSettings(options),
  });
  const parts = addresses.split(",").map((address) => address.split(":"));
  return {
    environment: { REDIS_SENTINELS: addresses, REDIS_SENTINEL_NAME: name },
    partitions: 16,
    masterPorts: [master.port],
    replicasPerMaster: replicas,
    connect: () => new Redis({ name, sentinels: parts.map(([host = "", port]) => ({ host, port: Number(port) })) }),
    stop,
  };
}
