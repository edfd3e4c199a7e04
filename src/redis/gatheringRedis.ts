import { Redis } from "ioredis";

type SendCommand = Redis["sendCommand"];

/**
 * A client that gathers the commands of one turn of the event loop and writes them at once. A busy process serves many
 * requests in a turn, and a write for each command costs it more than making the command does; Redis answers them together
 * too. Unlike auto-pipelining this leaves commands alone: their order, time-outs, replies and errors are ioredis's own.
 */
export class GatheringRedis extends Redis {
  /** The connection that holds back what is written to it until the turn ends. */
  #holding: Redis["stream"] | undefined;

  override sendCommand(...sent: Parameters<SendCommand>): ReturnType<SendCommand> {
    this.#gather();
    return super.sendCommand(...sent);
  }

  #gather(): void {
    // There is none before the first connection. After a reconnect it is another one.
    const stream: Redis["stream"] | undefined = this.stream;
    if (stream === undefined || stream === this.#holding) return;
    this.#holding = stream;
    stream.cork();
    setImmediate(() => {
      this.#holding = undefined;
      stream.uncork();
    });
  }
}
