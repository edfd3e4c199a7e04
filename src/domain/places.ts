/** A request that waits for a place. */
interface Waiting {
  readonly caller: string;
  start(): void;
}

/**
 * A few places for work that needs much memory or time. Callers take turns, so none delays the others by the number of its
 * requests.
 */
export class Places {
  readonly #total: number;
  readonly #perCaller: number;
  readonly #takenByCaller = new Map<string, number>();
  /** In the order of their turns: a caller who gets a place moves to the end. */
  readonly #waitingByCaller = new Map<string, Waiting[]>();
  #taken = 0;

  /** @param perCaller places that one caller may take at a time */
  constructor(total: number, perCaller = total) {
    this.#total = total;
    this.#perCaller = perCaller;
  }

  /** The number of places that are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether anyone waits for a place. */
  get isAwaited(): boolean {
    return this.#waitingByCaller.size > 0;
  }

  /**
   * Waits for a place and takes it.
   *
   * @returns gives the place back; further calls have no effect
   * @throws the reason of the signal when it is aborted before
   */
  async take(caller: string, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#remove(waiting);
        reject(signal?.reason as Error);
      };
      const start = () => {
        signal?.removeEventListener("abort", leave);
        resolve();
      };
      const waiting: Waiting = { caller, start };
      signal?.addEventListener("abort", leave, { once: true });
      this.#waitingByCaller.set(caller, [...(this.#waitingByCaller.get(caller) ?? []), waiting]);
      this.#startNext();
    });
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#count(caller, -1);
      this.#startNext();
    };
  }

  #startNext(): void {
    if (this.#taken >= this.#total) return;
    for (const [caller, [waiting]] of this.#waitingByCaller) {
      if (waiting === undefined || (this.#takenByCaller.get(caller) ?? 0) >= this.#perCaller) continue;
      this.#remove(waiting);
      // The others of this caller wait behind those of the other callers.
      const others = this.#waitingByCaller.get(caller);
      this.#waitingByCaller.delete(caller);
      if (others !== undefined) this.#waitingByCaller.set(caller, others);
      this.#count(caller, 1);
      waiting.start();
      return;
    }
  }

  #count(caller: string, change: 1 | -1): void {
    this.#taken += change;
    const taken = (this.#takenByCaller.get(caller) ?? 0) + change;
    if (taken === 0) this.#takenByCaller.delete(caller);
    else this.#takenByCaller.set(caller, taken);
  }

  #remove(waiting: Waiting): void {
    const { caller } = waiting;
    const others = (this.#waitingByCaller.get(caller) ?? []).filter((one) => one !== waiting);
    if (others.length > 0) this.#waitingByCaller.set(caller, others);
    else this.#waitingByCaller.delete(caller);
  }
}
