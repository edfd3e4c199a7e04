import { type HeldResponses, startTcpProxy, type TcpProxy } from "../processes/tcpProxy.js";

import { waitForValue } from "../setup/waitFor.js";

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

/**
 * Lets the responses of Redis pass until a request has taken effect. The service does not know of the effect then: the
 * response to its script came after the marks were read without it.
 *
 * @param readMarks reads the marks of responses that are not delivered, past the proxy
 */
export function waitForMark(responses: HeldResponses, readMarks: () => Promise<string[]>): Promise<string[]> {
  let known = 0;
  return waitForValue(
    "a request has taken effect",
    () => {
      known = responses.count();
      return readMarks();
    },
    (marks) => {
      if (marks.length === 0) responses.release(known);
      return marks.length > 0;
    },
  );
}
