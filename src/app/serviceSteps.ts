import type { Logger } from "pino";
import { endsWithin } from "../domain/time.js";

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
  /** Milliseconds; {@link CLOSE_TIMEOUT_MS} by default. */
  closeTimeoutMs?: number;
}

interface StartedStep {
  step: ServiceStep<unknown>;
  started: unknown;
}

/** Starts the steps of a service one by one, and stops those that have started. */
export class ServiceSteps {
  readonly #log: Logger;
  #startedSteps: StartedStep[] = [];

  constructor(log: Logger) {
    this.#log = log;
  }

  async start<T>(step: ServiceStep<T>): Promise<T> {
    const started = await step.start();
    this.#startedSteps.push({ step, started });
    return started;
  }

  /**
   * Drains all steps side by side, then closes them in reverse order, because a step uses the earlier ones. The log names
   * each step that does not end in time.
   *
   * @returns `cut off` when work was still under way after `drainSeconds`
   */
  async stop(drainSeconds: number): Promise<"in order" | "cut off"> {
    const steps = this.#startedSteps.splice(0);
    const ended = await this.#drain(steps, 1000 * drainSeconds);
    for (const { step, started } of steps.reverse()) {
      const timeoutMs = step.closeTimeoutMs ?? CLOSE_TIMEOUT_MS;
      if (await endsWithin(timeoutMs, step.close?.(started))) continue;
      const fields = { step: step.name, seconds: timeoutMs / 1000 };
      this.#log.warn(fields, "a step of the shutdown did not close in time");
    }
    return ended;
  }

  async #drain(steps: readonly StartedStep[], drainMs: number): Promise<"in order" | "cut off"> {
    const pending = new Set<string>();
    const cutOff = new AbortController();
    const drains = steps.map(async ({ step, started }) => {
      pending.add(step.name);
      await step.drain?.(started, cutOff.signal);
      pending.delete(step.name);
    });
    const drained = Promise.all(drains);
    if (await endsWithin(drainMs, drained)) return "in order";
    this.#log.warn({ steps: [...pending], seconds: drainMs / 1000 }, "work did not end in time and is cut off");
    cutOff.abort();
    await endsWithin(CLOSE_TIMEOUT_MS, drained);
    return "cut off";
  }
}
