import { Cluster, Redis } from "ioredis";

type Stream = Redis["stream"];

/**
 * A client that gathers the commands of one turn of the event loop and writes them at once. A busy process serves many
 * requests in a turn, and a write for each command costs it more than making the command does; Redis answers them together
 * too. Unlike auto-pipelining this leaves commands alone: their order, time-outs, replies and errors are ioredis's own.
 */
export class BatchingRedis extends Redis {
  /** The connection that holds back what is written to it until the turn ends. */
  #corkedStream: Stream | undefined;

  override sendCommand(...args: Parameters<Redis["sendCommand"]>): ReturnType<Redis["sendCommand"]> {
    this.#corkUntilTurnEnds();
    return super.sendCommand(...args);
  }

  #corkUntilTurnEnds(): void {
    // There is none before the first connection. After a reconnect it is another one.
    const stream: Stream | undefined = this.stream;
    if (stream === undefined || stream === this.#corkedStream) return;
    this.#corkedStream = stream;
    corkUntilTurnEnds([stream], () => {
      this.#corkedStream = undefined;
    });
  }
}

/** The same for a Redis Cluster, with the connection to each of its masters. */
export class BatchingCluster extends Cluster {
  #isCorked = false;

  override sendCommand(...args: Parameters<Cluster["sendCommand"]>): ReturnType<Cluster["sendCommand"]> {
    this.#corkUntilTurnEnds();
    return super.sendCommand(...args);
  }

  /** Which node a command goes to is the cluster's affair, and there are few: all hold back. */
  #corkUntilTurnEnds(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    const streams = this.nodes("master").map((node): Stream | undefined => node.stream);
    corkUntilTurnEnds(
      streams.filter((stream) => stream !== undefined),
      () => {
        this.#isCorked = false;
      },
    );
  }
}

/** Holds back what is written to connections until the turn of the event loop ends. */
function corkUntilTurnEnds(streams: readonly Stream[], onUncork: () => void): void {
  for (const stream of streams) stream.cork();
  setImmediate(() => {
    onUncork();
    for (const stream of streams) stream.uncork();
  });
}
