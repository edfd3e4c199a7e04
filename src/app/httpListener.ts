import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, isIPv6, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Logger } from "pino";
import { ConfigError } from "../config/config.js";

/** Milliseconds between two lines of the log about refused connections. */
const REFUSAL_INTERVAL = 60_000;
/** Milliseconds between two looks for connections that have become idle. */
const IDLE_INTERVAL = 20;

/**
 * Milliseconds in which a connection sends something, or it was opened to be there in case of need, as browsers and clients of
 * HTTP do. Node takes one that never sent a byte for busy, and would let it hold the server open.
 */
const SILENT = 1000;

/** Connections that are open, and since when, in milliseconds of `performance.now()`. */
const connections = new WeakMap<Server, Map<Socket, number>>();

/**
 * Starts to accept connections.
 *
 * @param portSetting the setting that the port comes from, for the sentence that says that it can't be had
 * @returns the address for clients on this machine, without a slash at the end
 * @throws ConfigError with one sentence when the host and port can't be had
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  portSetting = "REST_PORT",
): Promise<string> {
  const open = new Map<Socket, number>();
  connections.set(server, open);
  server.on("connection", (socket) => {
    open.set(socket, performance.now());
    socket.once("close", () => open.delete(socket));
  });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    throw new ConfigError(reasonNotToListen(error as NodeJS.ErrnoException, host, port, portSetting));
  }
  const bound = server.address() as AddressInfo;
  const reachable = host === "0.0.0.0" || host === "::" ? "localhost" : host;
  return `http://${isIPv6(reachable) ? `[${reachable}]` : reachable}:${bound.port}`;
}

function reasonNotToListen(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
  setting: string,
): string {
  if (error.code === "EADDRINUSE")
    return `${setting}: ${host}:${port} is taken by another program; stop that one, or set ${setting}`;
  if (error.code === "EACCES") return `${setting}: this user may not listen on port ${port}; set ${setting}`;
  return `REST_HOST: cannot listen on ${host}:${port} (${error.code ?? error.message})`;
}

/** Says in the log, now and then, that connections are closed at once because there are too many already. */
export function logRefusals(server: Server, log: Logger): void {
  let refused = 0;
  let silentUntil = 0;
  server.on("drop", () => {
    refused++;
    if (Date.now() < silentUntil) return;
    log.warn({ refused, allowed: server.maxConnections }, "too many connections: new ones are refused");
    refused = 0;
    silentUntil = Date.now() + REFUSAL_INTERVAL;
  });
}

/** Accepts no more connections, lets the requests under way end, and cuts off what is left when the signal comes. */
export async function stopServing(server: Server, enough: AbortSignal): Promise<void> {
  // What has arrived by now is read first: neither a connection nor a request is broken off that only waited for its turn.
  await nextTurn();
  const closed = once(server, "close");
  server.close();
  // A connection that is kept alive after its last answer would hold the server open.
  const idle = setInterval(() => {
    server.closeIdleConnections();
    closeSilentConnections(server);
  }, IDLE_INTERVAL);
  const cut = () => server.closeAllConnections();
  if (enough.aborted) cut();
  enough.addEventListener("abort", cut);
  await closed;
  clearInterval(idle);
}

function closeSilentConnections(server: Server): void {
  const latest = performance.now() - SILENT;
  for (const [socket, since] of connections.get(server) ?? [])
    if (socket.bytesRead === 0 && since < latest) socket.destroy();
}
