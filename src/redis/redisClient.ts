import { Cluster, type Redis } from "ioredis";

/**
 * A client of the service's Redis. The keys of one workflow are in one slot, so most code need not know of a cluster.
 */
export type RedisClient = Redis | Cluster;

/** Whether a client is one of a Redis Cluster, where the keys of a command must be in one slot. */
export const isCluster = (client: RedisClient): client is Cluster => client instanceof Cluster;

/** The clients of the masters, for commands about a server instead of a key. */
export const listMasters = (client: RedisClient): Redis[] => (isCluster(client) ? client.nodes("master") : [client]);

/** Sends a PING to every master and waits for the replies. */
export async function pingMasters(client: RedisClient): Promise<void> {
  await Promise.all(listMasters(client).map((master) => master.ping()));
}

/** The server of a connection, as host and port. */
export const formatServer = ({ options: { host, port } }: Redis): string => `${host}:${port}`;

/** Calls back whenever a connection to Redis, or to a node of a cluster, is ready. */
export function onConnected(client: RedisClient, onReady: (server: string) => void): void {
  if (!isCluster(client)) {
    client.on("ready", () => onReady(formatServer(client)));
    return;
  }
  const watchNode = (node: Redis) => node.on("ready", () => onReady(formatServer(node)));
  client.nodes().forEach(watchNode);
  client.on("+node", watchNode);
}
