import { Cluster, Redis } from "ioredis";

type Stream = Redis["stream"];

/**
 * A client that gathers the commands of one turn of the event loop and writes them at once. A busy process serves many
 * requests in a turn, and a write for each command costs it more than making the command does; Redis answers them together
 * too. Unlike auto-pipelining this leaves commands alone: their order, time-outs, replies and errors are ioredis's own.
 */
export class GatheringRedis extends Redis {
  /** The connection that holds back what is written to it until the turn ends. */
  #holding: Stream | undefined;

  override sendCommand(...sent: Parameters<Redis["sendCommand"]>): ReturnType<Redis["sendCommand"]> {
    this.#gather();
    return super.sendCommand(...sent);
  }

  #gather(): void {
    // There is none before the first connection. After a reconnect it is another one.
    const stream: Stream | undefined = this.stream;
    if (stream === undefined || stream === this.#holding) return;
    this.#holding = stream;
    holdBack([stream], () => {
      this.#holding = undefined;
    });
  }
}

/** The same for a Redis Cluster, with the connection to each of its masters. */
export class GatheringCluster extends Cluster {
  #holding = false;

  override sendCommand(...sent: Parameters<Cluster["sendCommand"]>): ReturnType<Cluster["sendCommand"]> {
    this.#gather();
    return super.sendCommand(...sent);
  }

  /** Which node a command goes to is the cluster's affair, and there are few: all hold back. */
  #gather(): void {
    if (this.#holding) return;
    this.#holding = true;
    const streams = this.nodes("master").map((node): Stream | undefined => node.stream);
    holdBack(
      streams.filter((stream) => stream !== undefined),
      () => {
        this.#holding = false;
      },
    );
  }
}

/** Holds back what is written to connections until the turn of the event loop ends. */
function holdBack(streams: readonly Stream[], ended: () => void): void {
  for (const stream of streams) stream.cork();
  setImmediate(() => {
    ended();
    for (const stream of streams) stream.uncork();
  });
}
