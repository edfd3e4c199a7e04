import { setTimeout as wait } from "node:timers/promises";
import type { Dice } from "./randomSource.js";
import { type Exchange, type History, outcomeOf } from "./requestHistory.js";

/** Milliseconds after which a client gives an answer up. */
const PATIENCE = 10_000;
/** Milliseconds before a user tries again what got no answer. */
const AGAIN = 300;

/** An answer of the service. */
export interface Answer<T> {
  status: number;
  reason: string;
  body: T;
  headers: Headers;
}

/** No answer came: the request may have taken effect, or still do. */
export class Lost extends Error {
  override name = "Lost";
}

/** What a request is sent with. */
export interface Sent {
  body?: unknown;
  headers?: Record<string, string>;
  /** Ends the request as the end of its client would. */
  signal?: AbortSignal | undefined;
}

/** How clients reach the service: each request through one of the doors, and all are written down. */
export class Wire {
  readonly history: History;
  readonly #doors: readonly { port: number }[];
  readonly #dice: Dice;

  constructor(history: History, doors: readonly { port: number }[], dice: Dice) {
    this.history = history;
    this.#doors = doors;
    this.#dice = dice;
  }

  /** Sends a request once. @throws Lost */
  async send<T>(
    method: string,
    path: string,
    { body, headers = {}, signal }: Sent = {},
  ): Promise<Answer<T> & { exchange: Exchange }> {
    signal?.throwIfAborted();
    const exchange = this.history.begin(method, path, body);
    const enough = AbortSignal.timeout(PATIENCE);
    try {
      const response = await fetch(`http://127.0.0.1:${this.#dice.oneOf(this.#doors).port}${path}`, {
        method,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: signal === undefined ? enough : AbortSignal.any([enough, signal]),
      });
      const parsed = (await response.json()) as T;
      exchange.ended = Date.now();
      exchange.status = response.status;
      exchange.outcome = outcomeOf(response.status);
      return {
        status: response.status,
        reason: response.statusText,
        body: parsed,
        headers: response.headers,
        exchange,
      };
    } catch (error) {
      throw new Lost(`${method} ${path}`, { cause: error });
    }
  }

  /**
   * Sends a request until an answer comes that is none to come again for.
   *
   * @returns the answer, and whether an earlier attempt may have taken effect
   */
  async insist<T>(method: string, path: string, sent: Sent = {}): Promise<Answer<T> & { repeated: boolean }> {
    for (let repeated = false; ; repeated = true) {
      const answer = await this.send<T>(method, path, sent).catch((error: unknown) => {
        if (error instanceof Lost) return undefined;
        throw error;
      });
      if (answer !== undefined && outcomeOf(answer.status) !== "unavailable") return { ...answer, repeated };
      await wait(AGAIN);
    }
  }
}
