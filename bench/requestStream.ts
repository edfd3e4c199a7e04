import { setTimeout as delay } from "node:timers/promises";
import { TimedHttpClient, type TimedResponse } from "./timedHttpClient.js";

/** Sends one small request of a stream. It throws if the response is not the expected one. */
export type StreamedRequest = (caller: TimedHttpClient) => Promise<TimedResponse>;

/** What happened to the requests of a stream. */
export interface StreamFigures {
  /** Milliseconds of each request from its scheduled time on, those without a response yet included. */
  latenciesMs: number[];
  /** The first unexpected responses and broken connections. */
  failures: string[];
}

/** Connections of a stream. Further requests wait, and their wait is part of their latency. */
const CONNECTIONS = 64;
const MAX_KEPT_FAILURES = 20;

/**
 * Sends small requests at a fixed rate. It does not wait for responses, so that a process that stalls delays every request of
 * that time, and not only one.
 */
export class RequestStream {
  readonly #caller: TimedHttpClient;
  readonly #requests: readonly StreamedRequest[];
  readonly #intervalMs: number;
  readonly #open = new Map<Promise<void>, number>();
  #waiting: { request: StreamedRequest; scheduledMs: number }[] = [];
  #latenciesMs: number[] = [];
  #failures: string[] = [];
  #hasEnded = false;
  #running: Promise<void> | undefined;

  /** @param requests sent in turn, one in each interval */
  constructor(url: string, requests: readonly StreamedRequest[], intervalMs: number) {
    this.#caller = new TimedHttpClient(url, CONNECTIONS);
    this.#requests = requests;
    this.#intervalMs = intervalMs;
  }

  start(): void {
    this.#running = (async () => {
      const beganMs = performance.now();
      for (let n = 0; !this.#hasEnded; n++) {
        const request = this.#requests[n % this.#requests.length];
        if (request !== undefined) this.#waiting.push({ request, scheduledMs: performance.now() });
        this.#sendWaiting();
        await delay(Math.max(0, beganMs + (n + 1) * this.#intervalMs - performance.now()));
      }
    })();
  }

  #sendWaiting(): void {
    while (this.#open.size < CONNECTIONS) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const sent: Promise<void> = next
        .request(this.#caller)
        .then(
          () => void this.#latenciesMs.push(performance.now() - next.scheduledMs),
          (error: unknown) => {
            if (this.#failures.length < MAX_KEPT_FAILURES) this.#failures.push(String(error));
          },
        )
        .finally(() => {
          this.#open.delete(sent);
          this.#sendWaiting();
        });
      this.#open.set(sent, next.scheduledMs);
    }
  }

  /** Returns the requests that completed since the last call. */
  drain(): StreamFigures {
    const figures = { latenciesMs: this.#latenciesMs, failures: this.#failures };
    this.#latenciesMs = [];
    this.#failures = [];
    return figures;
  }

  /** Ends the stream when all responses have arrived. */
  async stop(): Promise<void> {
    this.#hasEnded = true;
    await this.#running;
    while (this.#open.size > 0) await Promise.all(this.#open.keys());
    this.#caller.close();
  }

  /** Ends the stream at once. @returns the figures since the last drain; a request without a response counts its wait so far */
  async abandon(): Promise<StreamFigures> {
    this.#hasEnded = true;
    const nowMs = performance.now();
    const unanswered = [...this.#open.values(), ...this.#waiting.map(({ scheduledMs }) => scheduledMs)];
    this.#waiting = [];
    const { latenciesMs, failures } = this.drain();
    this.#caller.close();
    await this.#running;
    return { latenciesMs: [...latenciesMs, ...unanswered.map((scheduledMs) => nowMs - scheduledMs)], failures };
  }
}
