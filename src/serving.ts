import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ConfigError } from "./config/config.js";

/** Milliseconds between two looks for connections that have become idle. */
const IDLE_INTERVAL = 20;

/**
 * Starts to accept connections.
 *
 * @returns the address for clients on this machine, without a slash at the end
 * @throws ConfigError with one sentence when the host and port can't be had
 */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new ConfigError(reasonNotToListen(error as NodeJS.ErrnoException, host, port));
  }
  const bound = server.address() as AddressInfo;
  const reachable = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${bound.port}`;
}

function reasonNotToListen(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === "EADDRINUSE")
    return `REST_PORT: ${host}:${port} is taken by another program; stop that one, or set REST_PORT`;
  if (error.code === "EACCES") return `REST_PORT: this user may not listen on port ${port}; set REST_PORT`;
  return `REST_HOST: cannot listen on ${host}:${port} (${error.code ?? error.message})`;
}

/** Accepts no more connections, lets the requests under way end, and cuts off what is left when the signal comes. */
export async function stopServing(server: Server, enough: AbortSignal): Promise<void> {
  // What has arrived by now is read first: neither a connection nor a request is broken off that only waited for its turn.
  await nextTurn();
  const closed = once(server, "close");
  server.close();
  // A connection that is kept alive after its last answer would hold the server open.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_INTERVAL);
  const cut = () => server.closeAllConnections();
  if (enough.aborted) cut();
  enough.addEventListener("abort", cut);
  await closed;
  clearInterval(idle);
}
