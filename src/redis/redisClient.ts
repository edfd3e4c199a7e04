import { Cluster, type Redis } from "ioredis";

/** A client of where the service's data lies. All that belongs to one workflow lies in one slot, so most code needs no more. */
export type RedisClient = Redis | Cluster;

/** Whether it speaks to a Redis Cluster: then a command's keys must lie in one slot. */
export const isCluster = (client: RedisClient): client is Cluster => client instanceof Cluster;

/** A client of each server that takes writes: for what is asked of servers rather than of keys. */
export const listMasters = (client: RedisClient): Redis[] => (isCluster(client) ? client.nodes("master") : [client]);

/** Fulfilled when each of these servers has answered a PING. */
export async function pingMasters(client: RedisClient): Promise<void> {
  await Promise.all(listMasters(client).map((master) => master.ping()));
}

/** The server that a connection leads to, as host and port. */
export const formatServer = ({ options: { host, port } }: Redis): string => `${host}:${port}`;

/** Calls back whenever a connection is there: the one to Redis, or that to a node of a cluster. */
export function onConnected(client: RedisClient, onReady: (server: string) => void): void {
  if (!isCluster(client)) {
    client.on("ready", () => onReady(formatServer(client)));
    return;
  }
  const watchNode = (node: Redis) => node.on("ready", () => onReady(formatServer(node)));
  client.nodes().forEach(watchNode);
  client.on("+node", watchNode);
}
