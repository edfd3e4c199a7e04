import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** A TCP proxy whose connections a test can break. */
export interface TcpProxy {
  /** Port on 127.0.0.1. It never changes. */
  port: number;
  /** Breaks all connections and refuses new ones. */
  disconnect(): Promise<void>;
  /** Accepts bytes, and forwards none in either direction. */
  freeze(): void;
  /** Forwards requests, and drops all responses. */
  dropResponses(): void;
  /** Holds all further responses, until some are released, or all by `restore`. */
  holdResponses(): HeldResponses;
  /** Drops all further bytes of the present connections, without closing them. New ones work. */
  silence(): void;
  /** Delays both directions. @param milliseconds of each direction */
  setLatency(milliseconds: number): void;
  /**
   * Delays both directions as lost packets do: TCP sends each again after a time-out, which doubles, and holds back what
   * follows it.
   *
   * @param probability that a packet is lost
   */
  losePackets(probability: number): void;
  /** Forwards everything again, without a delay. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

/** Responses that a proxy holds. */
export interface HeldResponses {
  /** The number of chunks that are held. */
  count(): number;
  /** Lets the first chunks pass. */
  release(count: number): void;
}

/** Milliseconds until Linux sends a lost packet of a fast connection again. */
const FIRST_RETRANSMISSION_MS = 200;

/** Returns after how many milliseconds a packet arrives. @param lossProbability of each attempt to send it */
function retransmissionDelayMs(lossProbability: number): number {
  let delayMs = 0;
  for (let timeoutMs = FIRST_RETRANSMISSION_MS; Math.random() < lossProbability; timeoutMs *= 2) delayMs += timeoutMs;
  return delayMs;
}

/** Direction of the bytes. */
type Direction = "question" | "answer";

/**
 * @param target the server behind the proxy; it need not run yet, and may move
 * @param listenPort the port to listen at; by default any free port
 */
export async function startTcpProxy(target: { host: string; port: number }, listenPort = 0): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const silenced = new WeakSet<Socket>();
  let droppedDirections: readonly Direction[] = [];
  let latencyMs = 0;
  let lossProbability = 0;
  let isHolding = false;
  const held: (() => void)[] = [];
  const releaseHeld = (count: number) => {
    for (const release of held.splice(0, count)) release();
  };
  const forward = (direction: Direction, from: Socket, to: Socket) => {
    // Chunks keep their order, also when the latency changes between them.
    let passed: Promise<void> = Promise.resolve();
    sockets.add(from);
    from.on("data", (chunk) => {
      if (silenced.has(from) || droppedDirections.includes(direction)) return;
      const due = Date.now() + latencyMs + retransmissionDelayMs(lossProbability);
      const gate = isHolding && direction === "answer" ? new Promise<void>((resolve) => held.push(resolve)) : undefined;
      passed = passed.then(async () => {
        await gate;
        if (Date.now() < due) await wait(due - Date.now());
        to.write(chunk);
      });
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      sockets.delete(from);
      void passed.then(() => to.destroy());
    });
  };
  const open = async (listenAt: number): Promise<Server> => {
    const server = createServer((client) => {
      const behind = connect(target.port, target.host);
      forward("question", client, behind);
      forward("answer", behind, client);
    });
    server.listen(listenAt, "127.0.0.1");
    await once(server, "listening");
    return server;
  };
  const shut = async () => {
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  let server = await open(listenPort);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    disconnect: shut,
    freeze: () => {
      droppedDirections = ["question", "answer"];
    },
    dropResponses: () => {
      droppedDirections = ["answer"];
    },
    holdResponses: () => {
      isHolding = true;
      return { count: () => held.length, release: releaseHeld };
    },
    silence: () => {
      for (const socket of sockets) silenced.add(socket);
    },
    setLatency: (milliseconds) => {
      latencyMs = milliseconds;
    },
    losePackets: (probability) => {
      lossProbability = probability;
    },
    async restore() {
      // Dropped bytes never arrive, so their receivers must reconnect.
      if (droppedDirections.length > 0) for (const socket of sockets) socket.destroy();
      droppedDirections = [];
      latencyMs = 0;
      lossProbability = 0;
      isHolding = false;
      releaseHeld(held.length);
      if (!server.listening) server = await open(port);
    },
    async close() {
      if (server.listening) await shut();
    },
  };
}
