import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** A way to Redis that a test can break. */
export interface RedisProxy {
  /** The same database, by way of the proxy. */
  url: string;
  /** Breaks all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Takes what is sent, and passes nothing on in either direction. */
  freeze(): void;
  /** All is well again. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** @param target `redis://…` of the database behind the proxy */
export async function startRedisProxy(target: string): Promise<RedisProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let frozen = false;
  const pass = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on("data", (chunk) => {
      if (!frozen) to.write(chunk);
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const open = async (at: number): Promise<Server> => {
    const server = createServer((client) => {
      const redis = connect(Number(targetPort || 6379), hostname);
      pass(client, redis);
      pass(redis, client);
    });
    server.listen(at, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  const shut = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  let server = await open(0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    cut: shut,
    freeze: () => {
      frozen = true;
    },
    async restore() {
      // Replies that were swallowed never come, so those who wait for them have to connect anew.
      if (frozen) for (const socket of sockets) socket.destroy();
      frozen = false;
      if (!server.listening) server = await open(port);
    },
    async close() {
      if (server.listening) await shut();
    },
  };
}
