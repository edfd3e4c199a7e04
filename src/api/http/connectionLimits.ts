import type { Server } from "node:http";
import type { Socket } from "node:net";
import { clientNetworkOf } from "../../domain/clientNetwork.js";
import type { HttpLimits } from "../../domain/httpLimits.js";

/** Connections for health checks, beyond the regular ones. */
const RESERVED_CONNECTIONS = 16;
/** How long a reserved connection may stay. `/readyz` waits up to 2 s for Redis. */
const RESERVED_CONNECTION_MS = 3000;
/** The requests that reserved connections serve. */
const HEALTH_CHECK_PATTERN = /^\/(?:healthz|readyz)(?:\?|$)/;

/** A connection that was not served. The server emits it as `drop`, like Node's own `maxConnections`. */
export interface RefusedConnection {
  /** The client's address or IPv6 network. */
  client: string;
  /** The limit that the connection exceeded. */
  limit: "MAX_CONNECTIONS" | "MAX_CONNECTIONS_PER_ADDRESS";
}

/** Whether an address is that of a trusted proxy, whose connections carry the requests of many clients. */
export type ProxyCheck = (address: string) => boolean;

/**
 * Limits the connections of a server: all together and of each client address.
 *
 * A connection beyond a limit takes a place of a small reserve. There only health checks are served, so that a client
 * that occupies all places can't make an orchestrator restart the process. When the reserve is full, the newest
 * connection replaces the oldest one that has sent no request: a health check sends its request at once.
 */
export class ConnectionLimits {
  readonly #server: Server;
  readonly #limits: HttpLimits;
  readonly #isProxy: ProxyCheck;
  #regularCount = 0;
  readonly #countByClient = new Map<string, number>();
  /** Oldest first. */
  readonly #reserved = new Map<Socket, ReservedConnection>();

  constructor(server: Server, limits: HttpLimits, isProxy: ProxyCheck) {
    this.#server = server;
    this.#limits = limits;
    this.#isProxy = isProxy;
    server.on("connection", (socket) => this.#admit(socket));
  }

  /**
   * Returns whether a request may be served on its connection. After a health check in the reserve, and after a refusal,
   * the connection must be closed.
   */
  admitRequest(socket: Socket, url = ""): "regular" | "health check" | "refused" {
    const reserved = this.#reserved.get(socket);
    if (reserved === undefined) return "regular";
    reserved.isServed = HEALTH_CHECK_PATTERN.test(url);
    return reserved.isServed ? "health check" : "refused";
  }

  #admit(socket: Socket): void {
    const { remoteAddress } = socket;
    // The client has disconnected.
    if (remoteAddress === undefined) return;
    const client = clientNetworkOf(remoteAddress);
    const count = this.#countByClient.get(client) ?? 0;
    if (this.#regularCount >= this.#limits.connections) this.#reserve(socket, { client, limit: "MAX_CONNECTIONS" });
    else if (count >= this.#limits.connectionsPerAddress && !this.#isProxy(remoteAddress))
      this.#reserve(socket, { client, limit: "MAX_CONNECTIONS_PER_ADDRESS" });
    else {
      this.#regularCount++;
      this.#countByClient.set(client, count + 1);
      socket.once("close", () => this.#release(client));
    }
  }

  #release(client: string): void {
    this.#regularCount--;
    const count = (this.#countByClient.get(client) ?? 1) - 1;
    if (count > 0) this.#countByClient.set(client, count);
    else this.#countByClient.delete(client);
  }

  #reserve(socket: Socket, refused: RefusedConnection): void {
    if (this.#reserved.size >= RESERVED_CONNECTIONS) this.#evict();
    const timeout = setTimeout(() => socket.destroy(), RESERVED_CONNECTION_MS).unref();
    const reserved: ReservedConnection = { isServed: false };
    this.#reserved.set(socket, reserved);
    socket.once("close", () => {
      clearTimeout(timeout);
      this.#reserved.delete(socket);
      if (!reserved.isServed) this.#server.emit("drop", refused);
    });
  }

  #evict(): void {
    const sockets = [...this.#reserved];
    const [oldest] = sockets.find(([, { isServed }]) => !isServed) ?? sockets[0] ?? [];
    if (oldest === undefined) return;
    // The event "close" follows in a later turn of the event loop; until then more connections may arrive.
    this.#reserved.delete(oldest);
    oldest.destroy();
  }
}

interface ReservedConnection {
  /** Whether it has sent a health check. */
  isServed: boolean;
}
