import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";

/** Milliseconds that a step may take to close. Without a limit, an unreachable Redis would block the shutdown. */
export const CLOSE_TIMEOUT_MS = 2000;

/** One part of the service: how it starts and how it ends. */
export interface ServiceStep<T> {
  /** Names the step in the log. */
  name: string;
  start(): Promise<T> | T;
  /** Lets work under way end, and aborts the rest when the signal fires. */
  drain?(started: T, cutOff: AbortSignal): Promise<unknown>;
  close?(started: T): unknown;
  /** Milliseconds. */
  closeTimeoutMs?: number;
}

interface StartedStep {
  name: string;
  drain: ((cutOff: AbortSignal) => Promise<unknown>) | undefined;
  close: () => unknown;
  closeTimeoutMs: number;
}

/** Starts the steps of a service one by one, and stops those that have started. */
export class ServiceSteps {
  readonly #log: Logger;
  #started: StartedStep[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  async start<T>({ name, start, drain, close, closeTimeoutMs = CLOSE_TIMEOUT_MS }: ServiceStep<T>): Promise<T> {
    const started = await start();
    const drainStarted = drain && ((cutOff: AbortSignal) => drain(started, cutOff));
    this.#started.push({ name, drain: drainStarted, close: () => close?.(started), closeTimeoutMs });
    return started;
  }

  /**
   * Drains all steps side by side, then closes them in reverse order, because a step uses the earlier ones. The log names
   * each step that does not end in time.
   *
   * @returns `cut off` when work was still under way after `drainSeconds`
   */
  async stop(drainSeconds: number): Promise<"in order" | "cut off"> {
    const steps = this.#started.splice(0);
    const ended = await this.#drain(steps, 1000 * drainSeconds);
    for (const { name, close, closeTimeoutMs } of steps.reverse())
      if (!(await endsWithin(closeTimeoutMs, close())))
        this.#log.warn({ step: name, seconds: closeTimeoutMs / 1000 }, "a step of the shutdown did not close in time");
    return ended;
  }

  async #drain(steps: readonly StartedStep[], drainMs: number): Promise<"in order" | "cut off"> {
    const pending = new Set<string>();
    const cutOff = new AbortController();
    const drains = steps.flatMap(({ name, drain }) => {
      if (drain === undefined) return [];
      pending.add(name);
      return [drain(cutOff.signal).then(() => pending.delete(name))];
    });
    const drained = Promise.all(drains);
    if (!(await endsWithin(drainMs, drained))) {
      this.#log.warn({ steps: [...pending], seconds: drainMs / 1000 }, "work did not end in time and is cut off");
      cutOff.abort();
      await endsWithin(CLOSE_TIMEOUT_MS, drained);
    }
    return cutOff.signal.aborted ? "cut off" : "in order";
  }
}

/** Waits for the end of something, but not longer than the time limit. @returns whether it ended */
export async function endsWithin(timeoutMs: number, ending: unknown): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([
      Promise.resolve(ending).then(() => true),
      delay(timeoutMs, false, { signal: timer.signal }),
    ]);
  } finally {
    timer.abort();
  }
}
