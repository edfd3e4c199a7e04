import type { Logger } from "pino";
import type { LifecycleSettings } from "../domain/lifecycleSettings.js";
import type { Mqs } from "../domain/mqProfile.js";
import type { UnknownPoll } from "../domain/unknownPoll.js";
import type { WmsEventEmitter } from "../domain/wmsEvents.js";
import type { Queues } from "../queues/queues.js";
import type { Store } from "../store/store.js";

/** Collects what happens within a time window, by key, and handles it at once when the window ends. */
class Debouncer<Key, Batch> {
  readonly #windowMs: number;
  readonly #openBatches = new Map<Key, { batch: Batch; timer: NodeJS.Timeout; flush: (batch: Batch) => unknown }>();
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

  /** The open batch of a key; opens one if there is none. After the end of the debouncer, the batch is dropped. */
  getOrOpen(key: Key, batch: Batch, flush: (batch: Batch) => unknown): Batch {
    const existing = this.get(key);
    if (existing === undefined) this.open(key, batch, flush);
    return existing ?? batch;
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

/** What every step of the lifecycle works with. */
interface WmsParts {
  readonly store: Store;
  readonly queues: Queues;
  readonly mqs: Mqs;
  readonly settings: LifecycleSettings;
  /** Counts what happens, for the metrics. */
  readonly events: WmsEventEmitter;
  readonly log: Logger;
}

/** The context of the lifecycle. One for a process. */
export interface Wms extends WmsParts {
  readonly debouncers: ReturnType<typeof createDebouncers>;
}

/** The same for work that does not call the MQS. */
export type WmsWithoutMqs = Omit<Wms, "mqs">;

const createDebouncers = () => ({
  /** Partitions with changes that the fan-out job will summarize and publish. */
  fanout: new Debouncer<number, true>(100),
  /** The time of each schedd's last poll, in epoch seconds. */
  polls: new Debouncer<"all", Map<string, number>>(2000),
  /** The number of taskforces handed out to be started, by schedd. */
  handOuts: new Debouncer<"all", Map<string, number>>(2000),
  /** Polls for schedds that are not known. */
  unknownPolls: new Debouncer<"all", Map<string, UnknownPoll>>(2000),
});

/** Makes the context of a process. {@link closeWms} closes it. */
export const createWms = <Parts extends Omit<WmsParts, "mqs">>(parts: Parts): Parts & Pick<Wms, "debouncers"> => ({
  ...parts,
  debouncers: createDebouncers(),
});

/** Flushes the debouncers, then closes the queues. */
export async function closeWms({ debouncers, queues }: WmsWithoutMqs): Promise<void> {
  await Promise.allSettled(Object.values(debouncers).map((debouncer) => debouncer.close()));
  await queues.close();
}

/** The same context for one request, whose fields each log line carries. The log is made on first use. */
export const withRequestLog = (wms: Wms, createLog: () => Logger): Wms => ({
  ...wms,
  get log() {
    return createLog();
  },
});
