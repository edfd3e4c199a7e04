import type { WorkflowId } from "../../domain/ids.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import type { StreamEntry, StreamEntryId } from "../../store/eventStreams.js";
import type { Store } from "../../store/store.js";
import { encodePositions, formatEntryEvents, formatGap, toSseEvents } from "./sseEvents.js";

/** Receives events as they happen. */
export interface Subscriber {
  /** Undefined: all workflows. */
  readonly workflow: WorkflowId | undefined;
  readonly partitions: readonly number[];
  receive(frames: Buffer): void;
}

/**
 * The last summary entry of each workflow. Only these need the summary: it is the current one, which earlier entries would
 * repeat.
 */
export function latestSummaryEntries(entries: readonly StreamEntry[]): [WorkflowId, StreamEntry][] {
  const last = new Map<WorkflowId, StreamEntry>();
  for (const entry of entries) if (entry.event?.kind === "summary") last.set(entry.event.workflow, entry);
  return [...last];
}

/** Broadcasts events to subscribers. Each event is encoded once for all of them. */
export class Broadcaster {
  readonly #store: Store;
  /** By workflow; undefined: those of all workflows. */
  readonly #subscribers = new Map<WorkflowId | undefined, Set<Subscriber>>();
  readonly #summaries = new WeakMap<StreamEntry, WorkflowSummary | undefined>();
  /** SSE events that the next flush delivers. */
  readonly #pending = new Map<WorkflowId | undefined, string>();

  constructor(store: Store) {
    this.#store = store;
  }

  add(subscriber: Subscriber): void {
    const others = this.#subscribers.get(subscriber.workflow) ?? new Set();
    this.#subscribers.set(subscriber.workflow, others.add(subscriber));
  }

  remove(subscriber: Subscriber): void {
    const others = this.#subscribers.get(subscriber.workflow);
    others?.delete(subscriber);
    if (others?.size === 0) this.#subscribers.delete(subscriber.workflow);
  }

  /**
   * Loads what it needs to publish entries; undefined when nothing is missing. Must be called again afterwards: a new
   * subscriber may need more.
   */
  prepare(entries: readonly StreamEntry[]): Promise<unknown> | undefined {
    const missing = latestSummaryEntries(entries).filter(
      ([workflow, entry]) => this.#hasSubscribers(workflow) && !this.#summaries.has(entry),
    );
    if (missing.length === 0) return undefined;
    return Promise.all(
      missing.map(async ([workflow, entry]) => {
        this.#summaries.set(entry, await this.#store.summaries.fetch(workflow));
      }),
    );
  }

  #hasSubscribers(workflow: WorkflowId): boolean {
    return this.#subscribers.has(undefined) || this.#subscribers.has(workflow);
  }

  /** Publishes an entry. @param at the position of each partition, this entry included */
  publish(entry: StreamEntry, at: readonly StreamEntryId[]): void {
    const { event, id, partition } = entry;
    if (event === undefined || !this.#hasSubscribers(event.workflow)) return;
    const events = toSseEvents(event, this.#summaries.get(entry));
    this.#addPending(event.workflow, () => formatEntryEvents(events, (eventsSent) => [{ ...id, eventsSent }]));
    this.#addPending(undefined, () =>
      formatEntryEvents(events, (eventsSent) => at.with(partition, { ...id, eventsSent } as StreamEntryId)),
    );
  }

  #addPending(workflow: WorkflowId | undefined, format: () => string): void {
    if (this.#subscribers.has(workflow)) this.#pending.set(workflow, (this.#pending.get(workflow) ?? "") + format());
  }

  /** Publishes that entries of a partition are lost. @param at the position of each partition */
  publishGap(partition: number, at: readonly StreamEntryId[]): void {
    this.flush();
    for (const subscriber of [...this.#subscribers.values()].flatMap((some) => [...some])) {
      if (!subscriber.partitions.includes(partition)) continue;
      const positions = subscriber.partitions.flatMap((of) => at[of] ?? []);
      subscriber.receive(Buffer.from(formatGap(encodePositions(positions))));
    }
  }

  /** Delivers what was published. */
  flush(): void {
    for (const [workflow, text] of this.#pending) {
      const bytes = Buffer.from(text);
      for (const subscriber of this.#subscribers.get(workflow) ?? []) subscriber.receive(bytes);
    }
    this.#pending.clear();
  }
}
