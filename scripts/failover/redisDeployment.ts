import { Cluster, Redis } from "ioredis";
import type { RedisClient } from "../../src/redis/redisClient.js";
import { startCluster } from "../redis/localCluster.js";
import { startSentinels } from "../redis/localSentinels.js";
import { type FailoverOptions, replicasOf } from "./failoverOptions.js";

/** Replicated Redis servers, of which one master is to die. */
export interface Redises {
  /** What the service finds them by. */
  environment: Record<string, string>;
  partitions: number;
  /** Ports. */
  masters: number[];
  replicasOfEach: number;
  /** A client that finds whoever is master. */
  open(): RedisClient;
  stop(): Promise<void>;
}

/** Starts what a run is told to fail over. */
export const startRedises = (options: FailoverOptions): Promise<Redises> =>
  options.kind === "sentinels" ? sentinels(options) : cluster(options);

const safety = ({ isSafe, maxLag }: FailoverOptions) => ({
  "min-replicas-to-write": isSafe ? "1" : "0",
  "min-replicas-max-lag": String(maxLag),
});

async function cluster(options: FailoverOptions): Promise<Redises> {
  const masters = 3;
  const replicas = replicasOf(options.isSafe);
  const settings = { "cluster-node-timeout": "2000", ...safety(options) };
  const { addresses, servers, stop } = await startCluster({ masters, replicas, settings });
  return {
    environment: { REDIS_CLUSTER_NODES: addresses },
    partitions: 48,
    masters: servers.slice(0, masters).map(({ port }) => port),
    replicasOfEach: replicas,
    open: () => new Cluster(servers.map(({ port }) => ({ host: "127.0.0.1", port }))),
    stop,
  };
}

async function sentinels(options: FailoverOptions): Promise<Redises> {
  const replicas = replicasOf(options.isSafe);
  const { addresses, name, master, stop } = await startSentinels({ replicas, settings: safety(options) });
  const parts = addresses.split(",").map((address) => address.split(":"));
  return {
    environment: { REDIS_SENTINELS: addresses, REDIS_SENTINEL_NAME: name },
    partitions: 16,
    masters: [master.port],
    replicasOfEach: replicas,
    open: () =>
      new Redis({ name, sentinels: parts.map(([host = "", port]) => ({ host, port: Number(port) })) }),
    stop,
  };
}
