import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, isIPv6, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import { ConfigError } from "../config/config.js";

/** Milliseconds between two lines of the log about refused connections. */
const REFUSAL_LOG_INTERVAL_MS = 60_000;
/** Milliseconds between two looks for connections that have become idle. */
const IDLE_CHECK_INTERVAL_MS = 20;

/**
 * Milliseconds in which a connection sends something, or it was opened to be there in case of need, as browsers and clients of
 * HTTP do. Node takes one that never sent a byte for busy, and would let it hold the server open.
 */
const SILENT_CONNECTION_MS = 1000;

/** Connections that are open, and since when, in milliseconds of `performance.now()`. */
const openedAtMsBySocket = new WeakMap<Server, Map<Socket, number>>();

/**
 * Starts to accept connections.
 *
 * @param portSetting the setting that the port comes from, for the sentence that says that it can't be had
 * @returns the address for clients on this machine, without a slash at the end
 * @throws ConfigError with one sentence when the host and port can't be had
 */
export async function listen(server: Server, host: string, port: number, portSetting = "REST_PORT"): Promise<string> {
  const openedAtMs = new Map<Socket, number>();
  openedAtMsBySocket.set(server, openedAtMs);
  server.on("connection", (socket) => {
    openedAtMs.set(socket, performance.now());
    socket.once("close", () => openedAtMs.delete(socket));
  });
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
    return `${setting}: ${host}:${port} is taken by another program; stop that one, or set ${setting}`;
  if (error.code === "EACCES") return `${setting}: this user may not listen on port ${port}; set ${setting}`;
  return `REST_HOST: cannot listen on ${host}:${port} (${error.code ?? error.message})`;
}

/** Says in the log, now and then, that connections are closed at once because there are too many already. */
export function logRefusedConnections(server: Server, log: Logger): void {
  let refused = 0;
  let nextLogAtMs = 0;
  server.on("drop", () => {
    refused++;
    if (Date.now() < nextLogAtMs) return;
    log.warn({ refused, allowed: server.maxConnections }, "too many connections: new ones are refused");
    refused = 0;
    nextLogAtMs = Date.now() + REFUSAL_LOG_INTERVAL_MS;
  });
}

/** Accepts no more connections, lets the requests under way end, and cuts off what is left when the signal comes. */
export async function closeServer(server: Server, cutOffSignal: AbortSignal): Promise<void> {
  // What has arrived by now is read first: neither a connection nor a request is broken off that only waited for its turn.
  await nextTurn();
  const closed = once(server, "close");
  server.close();
  // A connection that is kept alive after its last answer would hold the server open.
  const idleTimer = setInterval(() => {
    server.closeIdleConnections();
    closeSilentConnections(server);
  }, IDLE_CHECK_INTERVAL_MS);
  const closeAll = () => server.closeAllConnections();
  if (cutOffSignal.aborted) closeAll();
  cutOffSignal.addEventListener("abort", closeAll);
  await closed;
  clearInterval(idleTimer);
}

function closeSilentConnections(server: Server): void {
  const openedBeforeMs = performance.now() - SILENT_CONNECTION_MS;
  for (const [socket, openedAtMs] of openedAtMsBySocket.get(server) ?? [])
    if (socket.bytesRead === 0 && openedAtMs < openedBeforeMs) socket.destroy();
}
