import { setTimeout as wait } from "node:timers/promises";
import type { RandomSource } from "./randomSource.js";
import { outcomeOfStatus, type RecordedRequest, type RequestHistory } from "./requestHistory.js";
import type { TokenSource } from "./tokenSource.js";

/** Milliseconds after which a client stops waiting for a response. */
export const REQUEST_TIMEOUT_MS = 10_000;
/** Milliseconds before a user retries a request without a response. */
const RETRY_DELAY_MS = 300;

/** As the existing Python client repeats requests: on these statuses and without a response, 10 times, without a key. */
const REPEATED_STATUSES: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
const MAX_REPETITIONS = 10;
const FIRST_BACKOFF_MS = 300;
const LONGEST_BACKOFF_MS = 5000;

/** A request and its repetitions. Times are epoch milliseconds. */
export interface Attempts {
  /** Whether an earlier attempt may have taken effect. */
  repeated: boolean;
  firstSentAtMs: number;
  endedAtMs: number;
}

/** A response with its parsed body. */
export interface RecordedResponse<T> {
  status: number;
  reason: string;
  body: T;
  headers: Headers;
}

/** A request got no response. It may have taken effect, or take effect later. */
export class NoResponseError extends Error {
  override name = "NoResponseError";
}

/** Body, headers and abort signal of a request. */
export interface RecordedRequestOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Aborts the request. */
  signal?: AbortSignal | undefined;
}

/** The dependencies of a client. */
export interface RecordingClientDependencies {
  history: RequestHistory;
  webProxies: readonly { port: number }[];
  random: RandomSource;
  /** Undefined: requests have no token. */
  tokens?: TokenSource;
}

/** Sends requests through random web proxies, and records each in the history. */
export class RecordingClient {
  readonly history: RequestHistory;
  readonly #webProxies: readonly { port: number }[];
  readonly #random: RandomSource;
  readonly #tokens: TokenSource | undefined;

  constructor({ history, webProxies, random, tokens }: RecordingClientDependencies) {
    this.history = history;
    this.#webProxies = webProxies;
    this.#random = random;
    this.#tokens = tokens;
  }

  /** Sends a request once. @throws NoResponseError when no response arrives */
  async send<T>(
    method: string,
    path: string,
    { body, headers = {}, signal }: RecordedRequestOptions = {},
  ): Promise<RecordedResponse<T> & { exchange: RecordedRequest }> {
    signal?.throwIfAborted();
    const authorization = await this.#tokens?.authorization();
    const recorded = this.history.recordSent(method, path, body);
    // Not AbortSignal.any: in Node 20, a signal of it may be garbage-collected together with its time limit.
    const ending = new AbortController();
    const end = () => ending.abort();
    const timer = setTimeout(end, REQUEST_TIMEOUT_MS);
    signal?.addEventListener("abort", end);
    try {
      const response = await fetch(`http://127.0.0.1:${this.#random.pick(this.#webProxies).port}${path}`, {
        method,
        headers: {
          ...(authorization !== undefined && { authorization }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: ending.signal,
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
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }

  /**
   * Sends a request until it gets a final response.
   *
   * @returns the last response
   */
  async sendUntilAnswered<T>(
    method: string,
    path: string,
    sent: RecordedRequestOptions = {},
  ): Promise<RecordedResponse<T> & Attempts> {
    const firstSentAtMs = Date.now();
    for (let repeated = false; ; repeated = true) {
      const answer = await this.#attempt<T>(method, path, sent);
      if (answer !== undefined && outcomeOfStatus(answer.status) !== "unavailable")
        return { ...answer, repeated, firstSentAtMs, endedAtMs: Date.now() };
      await wait(RETRY_DELAY_MS);
    }
  }

  /** Sends a request as the existing Python client does. @returns the last response; undefined when the client gives up */
  async sendLikePythonClient<T>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Attempts & { response: RecordedResponse<T> | undefined }> {
    const firstSentAtMs = Date.now();
    for (let repetitions = 0; ; repetitions++) {
      const response = await this.#attempt<T>(method, path, body === undefined ? {} : { body });
      const isFinal = response !== undefined && !REPEATED_STATUSES.has(response.status);
      if (isFinal || repetitions === MAX_REPETITIONS)
        return {
          response: isFinal ? response : undefined,
          repeated: repetitions > 0,
          firstSentAtMs,
          endedAtMs: Date.now(),
        };
      await wait(Math.min(FIRST_BACKOFF_MS * 2 ** repetitions, LONGEST_BACKOFF_MS));
    }
  }

  /** @returns undefined without a response */
  #attempt<T>(method: string, path: string, sent: RecordedRequestOptions): Promise<RecordedResponse<T> | undefined> {
    return this.send<T>(method, path, sent).catch((error: unknown) => {
      if (error instanceof NoResponseError) return undefined;
      throw error;
    });
  }
}
