import { Command, Redis } from "ioredis";

/**
 * Calls `expire` after a time. A process that stood still, on a busy machine or because it was suspended, runs its timers
 * before it reads what has arrived: then the time by which the timer was late is granted once more.
 *
 * @param keep stores the timer where ioredis clears it, also when the timer is replaced
 */
function startPatientTimer(ms: number, keep: (timer: NodeJS.Timeout) => void, expire: () => void): void {
  const dueMs = performance.now() + ms;
  keep(setTimeout(() => keep(setTimeout(expire, Math.min(performance.now() - dueMs, ms))), ms));
}

/** The parts of ioredis's commands that it does not declare. */
interface TimedCommand {
  _commandTimeoutTimer?: NodeJS.Timeout;
  readonly isSettled: boolean;
  reject(error: Error): void;
}

/**
 * The time-out of a command. Without patience all commands of a process that stood still would fail although Redis had
 * answered. ioredis, which is pinned, clears the timer when the command is settled.
 */
Command.prototype.setTimeout = function setTimeoutPatiently(this: TimedCommand, ms: number): void {
  if (this._commandTimeoutTimer !== undefined) return;
  startPatientTimer(
    ms,
    (timer) => {
      this._commandTimeoutTimer = timer;
    },
    () => {
      if (!this.isSettled) this.reject(new Error("Command timed out"));
    },
  );
};

/** The parts of ioredis's clients that it does not declare. */
interface TimedClient {
  readonly options: { socketTimeout: number };
  readonly stream: NodeJS.ReadStream;
  readonly commandQueue: { readonly length: number };
  socketTimeoutTimer: NodeJS.Timeout | undefined;
  setSocketTimeout(): void;
}

/**
 * The time-out of a connection on which replies are awaited. Without patience a process that stood still would close all
 * its connections, and refuse requests until it has new ones. ioredis calls this with the first command that waits.
 */
(Redis.prototype as unknown as TimedClient).setSocketTimeout = function setSocketTimeoutPatiently(this: TimedClient) {
  const { stream } = this;
  const { socketTimeout } = this.options;
  startPatientTimer(
    socketTimeout,
    (timer) => {
      this.socketTimeoutTimer = timer;
    },
    () => {
      this.socketTimeoutTimer = undefined;
      stream.destroy(new Error(`Socket timeout: no data came in ${socketTimeout} ms`));
    },
  );
  // After the reader of replies, which shortens the queue.
  stream.once("data", () => {
    clearTimeout(this.socketTimeoutTimer);
    this.socketTimeoutTimer = undefined;
    if (this.commandQueue.length > 0) this.setSocketTimeout();
  });
};
