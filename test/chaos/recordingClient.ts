import { setTimeout as wait } from "node:timers/promises";
import type { RandomSource } from "./randomSource.js";
import { outcomeOfStatus, type RecordedRequest, type RequestHistory } from "./requestHistory.js";

/** Milliseconds after which a client gives an answer up. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Milliseconds before a user tries again what got no answer. */
const RETRY_DELAY_MS = 300;

/** An answer of the service. */
export interface RecordedResponse<T> {
  status: number;
  reason: string;
  body: T;
  headers: Headers;
}

/** No answer came: the request may have taken effect, or still do. */
export class NoResponseError extends Error {
  override name = "NoResponseError";
}

/** What a request is sent with. */
export interface RecordedRequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Ends the request as the end of its client would. */
  signal?: AbortSignal | undefined;
}

/** How clients reach the service: each request through one of the doors, and all are written down. */
export class RecordingClient {
  readonly history: RequestHistory;
  readonly #webProxies: readonly { port: number }[];
  readonly #random: RandomSource;

  constructor(history: RequestHistory, doors: readonly { port: number }[], dice: RandomSource) {
    this.history = history;
    this.#webProxies = doors;
    this.#random = dice;
  }

  /** Sends a request once. @throws Lost */
  async send<T>(
    method: string,
    path: string,
    { body, headers = {}, signal }: RecordedRequestOptions = {},
  ): Promise<RecordedResponse<T> & { exchange: RecordedRequest }> {
    signal?.throwIfAborted();
    const recorded = this.history.recordSent(method, path, body);
    const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    try {
      const response = await fetch(`http://127.0.0.1:${this.#random.pick(this.#webProxies).port}${path}`, {
        method,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      });
      const parsed = (await response.json()) as T;
      recorded.endedAtMs = Date.now();
      recorded.status = response.status;
      recorded.outcome = outcomeOfStatus(response.status);
      return {
        status: response.status,
        reason: response.statusText,
        body: parsed,
        headers: response.headers,
        exchange: recorded,
      };
    } catch (error) {
      throw new NoResponseError(`${method} ${path}`, { cause: error });
    }
  }

  /**
   * Sends a request until an answer comes that is none to come again for.
   *
   * @returns the answer, and whether an earlier attempt may have taken effect
   */
  async sendUntilAnswered<T>(
    method: string,
    path: string,
    sent: RecordedRequestOptions = {},
  ): Promise<RecordedResponse<T> & { repeated: boolean }> {
    for (let repeated = false; ; repeated = true) {
      const answer = await this.send<T>(method, path, sent).catch((error: unknown) => {
        if (error instanceof NoResponseError) return undefined;
        throw error;
      });
      if (answer !== undefined && outcomeOfStatus(answer.status) !== "unavailable") return { ...answer, repeated };
      await wait(RETRY_DELAY_MS);
    }
  }
}
