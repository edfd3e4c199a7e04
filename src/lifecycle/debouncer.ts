interface OpenBatch<Batch> {
  batch: Batch;
  timer: NodeJS.Timeout;
  flush: (batch: Batch) => unknown;
}

/** Collects what happens within a time window, by key, and handles it at once when the window ends. */
export class Debouncer<Key, Batch> {
  readonly #windowMs: number;
  readonly #openBatches = new Map<Key, OpenBatch<Batch>>();
  #isClosed = false;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The open batch of a key. */
  get(key: Key): Batch | undefined {
    return this.#openBatches.get(key)?.batch;
  }

  /** Opens a batch. @param flush handles it when the window ends or the debouncer is closed */
  open(key: Key, batch: Batch, flush: (batch: Batch) => unknown): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => this.#flush(key), this.#windowMs);
    // The timer does not keep the process alive: close() flushes the batch.
    this.#openBatches.set(key, { batch, timer: timer.unref(), flush });
  }

  /** Flushes all open batches. Later ones are dropped. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#openBatches.keys()].map((key) => this.#flush(key)));
  }

  #flush(key: Key): unknown {
    const open = this.#openBatches.get(key);
    this.#openBatches.delete(key);
    clearTimeout(open?.timer);
    return open?.flush(open.batch);
  }
}
