import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, isIPv6, type Server as NetServer, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import type { RefusedConnection } from "../api/http/connectionLimits.js";
import { ConfigError } from "../config/config.js";
import { acceptWaitingConnections } from "./acceptWaitingConnections.js";

/** Limits the log lines about refused connections. */
const REFUSAL_LOG_INTERVAL_MS = 60_000;
/** Interval at which a closing server looks for idle connections. */
const IDLE_CHECK_INTERVAL_MS = 20;

/**
 * Age at which a connection without a byte counts as idle. Browsers open connections in advance; Node treats them as busy,
 * so that they would block the shutdown.
 */
const SILENT_CONNECTION_MS = 1000;

/** Start times of the open connections, in milliseconds of `performance.now()`. */
const openedAtMsBySocket = new WeakMap<Server, Map<Socket, number>>();

/** The number of open connections of a server that records them. */
export const countConnections = (server: Server): number => openedAtMsBySocket.get(server)?.size ?? 0;

/** Records the connections of a server for {@link closeServer} and {@link countConnections}. */
export function trackConnections(server: Server): void {
  const openedAtMs = new Map<Socket, number>();
  openedAtMsBySocket.set(server, openedAtMs);
  server.on("connection", (socket) => {
    openedAtMs.set(socket, performance.now());
    socket.once("close", () => openedAtMs.delete(socket));
  });
}

/**
 * Starts to accept connections.
 *
 * @param portSetting the setting with the port, for the error message
 * @returns the address for clients on this host, without a trailing slash
 * @throws ConfigError when it can't listen on the host and port
 */
export function listen(server: Server, host: string, port: number, portSetting = "REST_PORT"): Promise<string> {
  trackConnections(server);
  return bind(server, host, port, portSetting);
}

/** Does what {@link listen} does, for any server. */
export async function bind(server: NetServer, host: string, port: number, portSetting = "REST_PORT"): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new ConfigError(describeListenError(error as NodeJS.ErrnoException, host, port, portSetting));
  }
  const bound = server.address() as AddressInfo;
  const clientHost = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${isIPv6(clientHost) ? `[${clientHost}]` : clientHost}:${bound.port}`;
}

function describeListenError(error: NodeJS.ErrnoException, host: string, port: number, setting: string): string {
  if (error.code === "EADDRINUSE")
    return `${setting}: ${host}:${port} is in use by another program; stop it, or set ${setting}`;
  if (error.code === "EACCES") return `${setting}: this user may not listen on port ${port}; set ${setting}`;
  return `REST_HOST: cannot listen on ${host}:${port} (${error.code ?? error.message})`;
}

/** Logs connections that are refused because of `MAX_CONNECTIONS` or `MAX_CONNECTIONS_PER_ADDRESS`. */
export function logRefusedConnections(server: Server, log: Logger): void {
  let refused = 0;
  let nextLogAtMs = 0;
  server.on("drop", (latest: RefusedConnection) => {
    refused++;
    if (performance.now() < nextLogAtMs) return;
    log.warn({ refused, ...latest }, "too many connections: new ones are refused");
    refused = 0;
    nextLogAtMs = performance.now() + REFUSAL_LOG_INTERVAL_MS;
  });
}

/** Stops accepting connections, lets requests under way end, and closes all connections when the signal fires. */
export async function closeServer(server: Server, cutOffSignal: AbortSignal): Promise<void> {
  await acceptWaitingConnections(server);
  const closed = once(server, "close");
  server.close();
  const closeAll = () => server.closeAllConnections();
  if (cutOffSignal.aborted) closeAll();
  cutOffSignal.addEventListener("abort", closeAll);
  // A server closes without the connections that another process accepted.
  const openedAtMs = openedAtMsBySocket.get(server) ?? new Map<Socket, number>();
  while (openedAtMs.size > 0) {
    // Kept-alive connections would keep the server open.
    server.closeIdleConnections();
    closeSilentConnections(openedAtMs);
    await delay(IDLE_CHECK_INTERVAL_MS);
  }
  await closed;
}

function closeSilentConnections(openedAtMsOf: ReadonlyMap<Socket, number>): void {
  const openedBeforeMs = performance.now() - SILENT_CONNECTION_MS;
  for (const [socket, openedAtMs] of openedAtMsOf)
    if (socket.bytesRead === 0 && openedAtMs < openedBeforeMs) socket.destroy();
}
