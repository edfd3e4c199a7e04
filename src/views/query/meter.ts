import { createYielder } from "../../domain/time.js";
import { MAX_CHEAP_WORK, MAX_CONDITION_WORK, MAX_PAGE_MS, MAX_PAGE_WORK, WORK } from "./limits.js";
import type { QueryTurn } from "./turns.js";

/** One condition needs more work on one document than {@link MAX_CONDITION_WORK}. */
export class ConditionTooCostlyError extends Error {
  override name = "ConditionTooCostlyError";
}

/** Measured milliseconds of a condition up to which its processor time is not read. */
const UNCHECKED_MS = 20;

/**
 * Counts the work of one query. It decides when the query yields to other requests, when its page ends, and when the
 * query stops because its client has gone.
 */
export class WorkMeter {
  readonly #pause = createYielder();
  readonly #startedAtMs = performance.now();
  readonly #maxWork: number;
  readonly #signal: AbortSignal | undefined;
  readonly #turn: QueryTurn | undefined;
  #work = 0;
  /** The work at which the condition is refused. */
  #conditionEnd = Number.POSITIVE_INFINITY;
  /** Measured milliseconds of the condition. */
  #conditionMs = 0;
  #conditionCpu: NodeJS.CpuUsage | undefined;

  /**
   * @param options.maxWork units for the page
   * @param options.signal aborted when the client has gone, or its answer is too late
   * @param options.turn the query's place among the expensive queries; undefined: it never waits
   */
  constructor({
    maxWork = MAX_PAGE_WORK,
    signal,
    turn,
  }: { maxWork?: number; signal?: AbortSignal | undefined; turn?: QueryTurn | undefined } = {}) {
    this.#maxWork = maxWork;
    this.#signal = signal;
    this.#turn = turn;
  }

  /** Units of work so far. */
  get work(): number {
    return this.#work;
  }

  /** Whether the query may run only beside few others of its kind. */
  get isExpensive(): boolean {
    return this.#work >= MAX_CHEAP_WORK;
  }

  /** Whether the page must end here. */
  get isUsedUp(): boolean {
    return this.#work >= this.#maxWork || performance.now() - this.#startedAtMs >= MAX_PAGE_MS;
  }

  /** Counts work. @throws ConditionTooCostlyError within a condition that exceeds its limit */
  charge(units: number): void {
    this.#work += units;
    if (this.#work > this.#conditionEnd) throw new ConditionTooCostlyError();
  }

  /** Counts work whose time was measured. @throws ConditionTooCostlyError as {@link charge} */
  chargeTime(milliseconds: number): void {
    const units = milliseconds * WORK.millisecond;
    this.#work += units;
    // Processor time bounds this part of the condition, below.
    this.#conditionEnd += units;
    this.#conditionMs += milliseconds;
    if (this.#conditionMs < UNCHECKED_MS) return;
    // On a busy machine, most of the time may belong to other processes.
    this.#conditionCpu ??= process.cpuUsage();
    const { user, system } = process.cpuUsage(this.#conditionCpu);
    if (((user + system) / 1000) * WORK.millisecond > MAX_CONDITION_WORK) throw new ConditionTooCostlyError();
  }

  /** Begins the next condition on a document. */
  beginCondition(): void {
    this.#conditionEnd = this.#work + MAX_CONDITION_WORK;
    this.#conditionMs = 0;
    this.#conditionCpu = undefined;
  }

  /** Ends the conditions on a document: other work has no limit of its own. */
  endConditions(): void {
    this.#conditionEnd = Number.POSITIVE_INFINITY;
  }

  /**
   * To be awaited between the steps of the query: yields when its time slice is used up, and waits for its turn when it
   * is expensive.
   *
   * @throws the reason of the signal
   */
  pause(): Promise<void> | undefined {
    const paused = this.#pause();
    return paused && this.#resume(paused);
  }

  async #resume(paused: Promise<void>): Promise<void> {
    await paused;
    this.#signal?.throwIfAborted();
    if (!this.isExpensive || this.#turn === undefined) return;
    await this.#turn.take(this.#signal);
  }
}
