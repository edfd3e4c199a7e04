import { startTcpProxy, type TcpProxy } from "../processes/tcpProxy.js";

/** A proxy in front of Redis that a test can break. */
export interface RedisProxy extends TcpProxy {
  /** The database behind the proxy. */
  url: string;
}

/** @param target `redis://…` of the database behind the proxy */
export async function startRedisProxy(target: string): Promise<RedisProxy> {
  const { hostname, port } = new URL(target);
  const proxy = await startTcpProxy({ host: hostname, port: Number(port || 6379) });
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String(proxy.port);
  return { ...proxy, url: url.href };
}
