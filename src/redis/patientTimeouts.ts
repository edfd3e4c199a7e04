import { Command } from "ioredis";

/** The parts of ioredis's commands that it does not declare. */
interface TimedCommand {
  _commandTimeoutTimer?: NodeJS.Timeout;
  readonly isSettled: boolean;
  reject(error: Error): void;
}

/**
 * Lets commands time out only after the replies are read that have arrived by then. A process that stood still, on a busy
 * machine or because it was suspended, runs its timers before it reads: all its commands would fail although Redis had
 * answered. ioredis, which is pinned, clears the timer when the command is settled.
 */
Command.prototype.setTimeout = function setTimeoutPatiently(this: TimedCommand, ms: number): void {
  if (this._commandTimeoutTimer !== undefined) return;
  const fail = () => {
    if (!this.isSettled) this.reject(new Error("Command timed out"));
  };
  this._commandTimeoutTimer = setTimeout(() => setImmediate(fail), ms);
};
