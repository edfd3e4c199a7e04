import { Cluster, Redis } from "ioredis";

type Stream = Redis["stream"];

/**
 * A client that writes all commands of one event-loop turn at once. In a busy process, a write for each command costs
 * more than the creation of the command. Unlike auto-pipelining, this leaves order, time-outs, replies and errors to
 * ioredis.
 */
export class BatchingRedis extends Redis {
  /** The connection that is corked until the turn ends. */
  #corkedStream: Stream | undefined;

  override sendCommand(...args: Parameters<Redis["sendCommand"]>): ReturnType<Redis["sendCommand"]> {
    this.#corkUntilTurnEnds();
    return super.sendCommand(...args);
  }

  #corkUntilTurnEnds(): void {
    // Undefined before the first connection; another one after a reconnect.
    const stream: Stream | undefined = this.stream;
    if (stream === undefined || stream === this.#corkedStream) return;
    this.#corkedStream = stream;
    corkUntilTurnEnds([stream], () => {
      this.#corkedStream = undefined;
    });
  }
}

/** The same for a Redis Cluster, with one connection to each master. */
export class BatchingCluster extends Cluster {
  #isCorked = false;

  override sendCommand(...args: Parameters<Cluster["sendCommand"]>): ReturnType<Cluster["sendCommand"]> {
    this.#corkUntilTurnEnds();
    return super.sendCommand(...args);
  }

  /** Corks all masters: only the cluster client knows the node of a command. */
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

/** Buffers the writes to connections until the turn of the event loop ends. */
function corkUntilTurnEnds(streams: readonly Stream[], onUncork: () => void): void {
  for (const stream of streams) stream.cork();
  setImmediate(() => {
    onUncork();
    for (const stream of streams) stream.uncork();
  });
}
