import { Places } from "../../domain/places.js";
import { EXPENSIVE_TURN_MS, MAX_EXPENSIVE_QUERIES } from "./limits.js";

/** A query's place among the expensive queries of a process. */
export interface QueryTurn {
  /**
   * Waits until the query may go on. A query whose turn is over gives its place to the next one first. Parts of the query
   * that run beside each other share its place.
   *
   * @throws the reason of the signal when it is aborted meanwhile; QueryEndedError after the end
   */
  take(signal: AbortSignal | undefined): Promise<void>;
  /** Gives the place back for good, at the end of the query. */
  end(): void;
}

/** The query of a turn has ended, but a part of it goes on. */
export class QueryEndedError extends Error {
  override name = "QueryEndedError";
}

/**
 * Lets only a few expensive queries run at a time. The callers take turns, and so do the queries of one caller, so no
 * caller delays the others by the number of queries.
 */
export class QueryTurns {
  readonly #places = new Places(MAX_EXPENSIVE_QUERIES);
  readonly #turnMs: number;

  /** @param turnMs milliseconds of one turn while others wait */
  constructor(turnMs = EXPENSIVE_TURN_MS) {
    this.#turnMs = turnMs;
  }

  /** Expensive queries that run. */
  get running(): number {
    return this.#places.taken;
  }

  /** Creates the place of a query, which does not wait yet. @param caller the key of the caller */
  turnOf(caller: string): QueryTurn {
    let turn: { readonly startedAtMs: number; readonly release: () => void } | undefined;
    let waiting: Promise<void> | undefined;
    const ended = new AbortController();
    const endTurn = () => {
      turn?.release();
      turn = undefined;
    };
    const wait = async (signal: AbortSignal | undefined) => {
      try {
        const either = signal === undefined ? ended.signal : AbortSignal.any([ended.signal, signal]);
        const release = await this.#places.take(caller, either);
        turn = { startedAtMs: performance.now(), release };
      } finally {
        waiting = undefined;
      }
      // It may have ended right after it was started.
      if (ended.signal.aborted) endTurn();
    };
    const take = async (signal: AbortSignal | undefined) => {
      ended.signal.throwIfAborted();
      signal?.throwIfAborted();
      if (turn !== undefined) {
        const isOver = performance.now() - turn.startedAtMs >= this.#turnMs;
        if (!isOver || !this.#places.isAwaited) return;
        endTurn();
      }
      // Two places for parts of one query would be given back as one.
      waiting ??= wait(signal);
      await waiting;
      ended.signal.throwIfAborted();
    };
    const end = () => {
      ended.abort(new QueryEndedError());
      endTurn();
    };
    return { take, end };
  }
}

/** The expensive queries of this process. */
export const queryTurns = new QueryTurns();
