import { Cluster, Redis } from "ioredis";

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

/** The server of a connection: its host and port, or its Unix socket. */
export const formatServer = ({ options: { host, port, path } }: Redis): string => path ?? `${host}:${port}`;

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

/** The value of a field in the text that INFO or CLUSTER INFO returns. */
export const infoField = (info: string, field: string): string | undefined =>
  new RegExp(`^${field}:(\\S+)`, "m").exec(info)?.[1];

/** Reads a field of INFO; undefined when the server has no such field, or forbids INFO. */
export const readInfoField = async (redis: Redis, section: string, field: string): Promise<string | undefined> =>
  infoField(await redis.info(section).catch(() => ""), field);

/** Reads a setting by CONFIG; undefined where a hosted Redis forbids CONFIG. */
export async function readConfigValue(redis: Redis, name: string): Promise<string | undefined> {
  const [, value] = (await redis.config("GET", name).catch(() => [])) as string[];
  return value;
}

/** Returns the replies of a pipeline or transaction, in order. @throws the first error among them */
export function unwrapReplies<T>(results: [Error | null, unknown][] | null): T[] {
  if (results === null) throw new Error("the transaction was discarded");
  return results.map(([error, reply]) => {
    if (error !== null) throw error;
    return reply as T;
  });
}

/**
 * A client that writes all commands of one event-loop turn at once. In a busy process, a write for each command costs
 * more than the creation of the command. Unlike auto-pipelining, this leaves order, time-outs, replies and errors to
 * ioredis.
 */
export class BatchingRedis extends Redis {
  override sendCommand(...args: Parameters<Redis["sendCommand"]>): ReturnType<Redis["sendCommand"]> {
    corkUntilTurnEnds(this.stream);
    return super.sendCommand(...args);
  }
}

/** The same for a Redis Cluster, with one connection to each master. */
export class BatchingCluster extends Cluster {
  #isCorked = false;

  override sendCommand(...args: Parameters<Cluster["sendCommand"]>): ReturnType<Cluster["sendCommand"]> {
    if (!this.#isCorked) this.#corkMasters();
    return super.sendCommand(...args);
  }

  /** Corks all masters: only the cluster client knows the node of a command. */
  #corkMasters(): void {
    this.#isCorked = true;
    setImmediate(() => {
      this.#isCorked = false;
    });
    for (const { stream } of this.nodes("master")) corkUntilTurnEnds(stream);
  }
}

/** The connections that are corked in this turn of the event loop. */
const corkedStreams = new Set<Redis["stream"]>();

/** Buffers the writes to a connection until the turn of the event loop ends. It is undefined before the first connection. */
function corkUntilTurnEnds(stream: Redis["stream"] | undefined): void {
  if (stream === undefined || corkedStreams.has(stream)) return;
  corkedStreams.add(stream);
  stream.cork();
  setImmediate(() => {
    corkedStreams.delete(stream);
    stream.uncork();
  });
}
