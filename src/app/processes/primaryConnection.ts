import cluster from "node:cluster";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { NamedMetrics, ProcessMetrics, Siblings } from "../../metrics/metrics.js";

/** Connections of the primary's port since the last report. */
export interface ConnectionCounts {
  received: number;
  closed: number;
}

/** Messages of a process to its primary. */
export type MessageToPrimary =
  /** The start has ended. */
  | { kind: "ready" }
  | ({ kind: "connections" } & ConnectionCounts)
  /** Asks for no more connections. */
  | { kind: "retire" }
  /** Requests the metrics of all other processes. */
  | { kind: "scrape"; scrape: number }
  /** The metrics of this process, for the scrape of another one. */
  | { kind: "metrics"; scrape: number; metrics: ProcessMetrics };

/** Messages of the primary to a process. */
export type MessageFromPrimary =
  | { kind: "end" }
  /** Comes with an open connection. */
  | { kind: "connection" }
  /** Acknowledges `retire`: no connection follows. */
  | { kind: "retired" }
  /** Requests the metrics for a scrape. */
  | { kind: "collect"; scrape: number }
  /** The metrics of the other processes that responded in time. */
  | { kind: "scraped"; scrape: number; others: NamedMetrics[] };

/** After this time a scrape leaves out the other processes: the primary hangs. */
const SCRAPE_TIMEOUT_MS = 2000;

/** The connection of a process to the primary that started it. */
export class PrimaryConnection implements Siblings {
  readonly name: string;
  /** Resolves when the primary stops this process. */
  readonly stopRequested: Promise<void>;
  readonly #pendingScrapes = new Map<number, (others: NamedMetrics[]) => void>();
  #lastScrapeId = 0;
  #collectMetrics: (() => Promise<ProcessMetrics>) | undefined;
  #serveConnection: ((socket: Socket | undefined) => void) | undefined;
  readonly #retired: Promise<void>;
  /** Undefined when there is nothing to report. */
  #unreported: ConnectionCounts | undefined;

  private constructor(name: string) {
    this.name = name;
    const waitFor = (kind: MessageFromPrimary["kind"]) =>
      new Promise<void>((resolve) => {
        process.on("message", (message: MessageFromPrimary) => message.kind === kind && resolve());
      });
    this.stopRequested = waitFor("end");
    this.#retired = waitFor("retired");
    process.on("message", (message: MessageFromPrimary, socket: Socket | undefined) => {
      if (message.kind === "collect") void this.#sendMetrics(message.scrape);
      if (message.kind === "scraped") this.#pendingScrapes.get(message.scrape)?.(message.others);
      if (message.kind === "connection") this.#serveConnection?.(socket);
    });
  }

  /** @returns undefined in a process without a primary */
  static forCurrentProcess(): PrimaryConnection | undefined {
    // The name is an argument, so that it also appears in the list of processes.
    return cluster.isWorker ? new PrimaryConnection(process.argv[2] ?? "") : undefined;
  }

  /** Reports the end of the start. */
  reportReady(): void {
    sendToPrimary({ kind: "ready" });
  }

  /** Makes an HTTP server serve the connections of the primary's port, instead of listening. */
  serveConnections(server: Server): void {
    // Node begins to check the time limits of requests with this event.
    server.emit("listening");
    this.#serveConnection = (socket) => {
      this.#report("received");
      // The client has disconnected on the way.
      if (socket === undefined) return this.#report("closed");
      socket.once("close", () => this.#report("closed"));
      // As on sockets that an HTTP server accepts: a client may end its side before it has the response.
      socket.allowHalfOpen = true;
      server.emit("connection", socket);
    };
  }

  /** Stops the assignment of connections to this process. @returns when all that were assigned have arrived */
  async retire(): Promise<void> {
    sendToPrimary({ kind: "retire" });
    await this.#retired;
  }

  /** Counts a connection. One report for each turn of the event loop is cheaper. */
  #report(event: keyof ConnectionCounts): void {
    if (this.#unreported === undefined) {
      const counts = { received: 0, closed: 0 };
      this.#unreported = counts;
      setImmediate(() => {
        this.#unreported = undefined;
        sendToPrimary({ kind: "connections", ...counts });
      });
    }
    this.#unreported[event]++;
  }

  /** Sets the source of the metrics that other processes request. */
  setMetricsCollector(collectMetrics: () => Promise<ProcessMetrics>): void {
    this.#collectMetrics = collectMetrics;
  }

  async scrape(): Promise<NamedMetrics[]> {
    const scrape = ++this.#lastScrapeId;
    sendToPrimary({ kind: "scrape", scrape });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve) => {
        this.#pendingScrapes.set(scrape, resolve);
        timer = setTimeout(resolve, SCRAPE_TIMEOUT_MS, []);
      });
    } finally {
      clearTimeout(timer);
      this.#pendingScrapes.delete(scrape);
    }
  }

  async #sendMetrics(scrape: number): Promise<void> {
    sendToPrimary({ kind: "metrics", scrape, metrics: (await this.#collectMetrics?.()) ?? [] });
  }
}

/** Without a primary there is no channel, and the cluster module ends this process. */
const sendToPrimary = (message: MessageToPrimary): void => void process.send?.(message);
