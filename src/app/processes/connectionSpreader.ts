import { createServer, type Server, type Socket } from "node:net";
import { acceptWaitingConnections } from "../acceptWaitingConnections.js";
import { bind } from "../httpListener.js";
import type { ConnectionCounts } from "./primaryConnection.js";

/** A process that serves connections of the port. */
export interface ConnectionTarget {
  /** Sends an open connection to the process, and keeps it open here. The process reports that it has received it. */
  sendConnection(socket: Socket): void;
}

/** The connections of a process. */
interface TargetState {
  /** Connections that were assigned and are not reported as closed. */
  open: number;
  /** Connections that it has not received, with the epoch milliseconds of their assignment. Oldest first. */
  unreceived: Map<Socket, number>;
  /** False once the process drains. */
  isAccepting: boolean;
}

/** A process that does not receive a connection within this time is stalled. */
const STALL_MS = 1000;

/**
 * Accepts the connections of a port and assigns each one to the process with the fewest open ones.
 *
 * All other ways leave the spread to chance, and a kept-alive connection stays where it is. When processes accept from the
 * kernel, the one that wakes first takes all that wait. `SO_REUSEPORT` (Node 22.12) hashes addresses and ports. Node's
 * round-robin prefers processes that have acknowledged their last connection, so in a burst the scheduler decides, and the
 * connection on its way to a killed process stays open without a reader. Figures: docs/operations/deploy.md.
 */
export class ConnectionSpreader<Target extends ConnectionTarget> {
  readonly #server: Server;
  /** The first one is next among those with equally many connections. */
  readonly #targets = new Map<Target, TargetState>();
  /** Connections without a process that accepts: all are starting again. Oldest first. */
  readonly #waiting: Socket[] = [];
  #isEnding = false;

  /** @param maxWaiting number of connections that may wait for a process; further ones are closed */
  constructor(maxWaiting: number) {
    // The connections are not read here. TCP_NODELAY, which HTTP servers set, belongs to the connection.
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#assign(socket));
    this.#server.maxConnections = maxWaiting;
  }

  /**
   * Starts to accept connections.
   *
   * @returns the address for clients on this host, without a trailing slash
   * @throws ConfigError when it can't listen on the host and port
   */
  listen(host: string, port: number): Promise<string> {
    return bind(this.#server, host, port);
  }

  /** Stops accepting connections as soon as no process accepts them. */
  endWithLastTarget(): void {
    this.#isEnding = true;
    this.#closeIfEnded();
  }

  /** Adds a process that has started. */
  add(target: Target): void {
    this.#targets.set(target, { open: 0, unreceived: new Map(), isAccepting: true });
    for (const socket of this.#waiting.splice(0)) this.#assign(socket);
  }

  /** Assigns no more connections to a process, after those that wait in the kernel: it may be the last process. */
  async retire(target: Target): Promise<void> {
    await acceptWaitingConnections(this.#server);
    const state = this.#targets.get(target);
    if (state !== undefined) state.isAccepting = false;
    this.#closeIfEnded();
  }

  /** Removes a process that has exited. The connections that it has not received go to others. */
  remove(target: Target): void {
    const unreceived = this.#targets.get(target)?.unreceived ?? new Map<Socket, number>();
    this.#targets.delete(target);
    for (const socket of unreceived.keys()) this.#assign(socket);
    this.#closeIfEnded();
  }

  /** Records what a process reports. It receives connections in the order of their assignment. */
  record(target: Target, { received, closed }: ConnectionCounts): void {
    const state = this.#targets.get(target);
    if (state === undefined) return;
    state.open -= closed;
    for (const socket of [...state.unreceived.keys()].slice(0, received)) {
      state.unreceived.delete(socket);
      // Closes the copy of this process only.
      socket.destroy();
    }
  }

  #assign(socket: Socket): void {
    const [target, state] = this.#choose() ?? [];
    if (target === undefined || state === undefined) {
      this.#waiting.push(socket);
      return;
    }
    state.open++;
    state.unreceived.set(socket, performance.now());
    this.#targets.delete(target);
    this.#targets.set(target, state);
    target.sendConnection(socket);
  }

  #choose(): [Target, TargetState] | undefined {
    const accepting = [...this.#targets].filter(([, { isAccepting }]) => isAccepting);
    const stalledSinceMs = performance.now() - STALL_MS;
    const responsive = accepting.filter(([, { unreceived }]) => {
      const [oldestMs = Number.POSITIVE_INFINITY] = unreceived.values();
      return oldestMs > stalledSinceMs;
    });
    const candidates = responsive.length > 0 ? responsive : accepting;
    const fewest = Math.min(...candidates.map(([, { open }]) => open));
    return candidates.find(([, { open }]) => open === fewest);
  }

  #closeIfEnded(): void {
    if (!this.#isEnding || [...this.#targets.values()].some(({ isAccepting }) => isAccepting)) return;
    this.#server.close();
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }
}
