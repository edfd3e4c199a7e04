import type { WorkflowId } from "../../domain/ids.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import type { StreamEntry, StreamEntryId } from "../../store/eventStreams.js";
import { encodePositions } from "./resumePositions.js";
import { formatEntryEvents, formatGap, toSseEvents } from "./sseEvents.js";
import type { EventConsumer } from "./streamReader.js";

/** Receives events as they happen. */
export interface Subscriber {
  /** Undefined: all workflows. */
  readonly workflow: WorkflowId | undefined;
  readonly partitions: readonly number[];
  receive(frames: Buffer): void;
}

/** Fetches a workflow's current summary. */
export type FetchSummary = (workflow: WorkflowId) => Promise<WorkflowSummary | undefined>;

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
export class Broadcaster implements EventConsumer {
  readonly #fetchSummary: FetchSummary;
  readonly #globalSubscribers = new Set<Subscriber>();
  readonly #subscribersByWorkflow = new Map<WorkflowId, Set<Subscriber>>();
  readonly #summaries = new WeakMap<StreamEntry, WorkflowSummary | undefined>();
  /** SSE events that the next flush delivers. */
  #pendingByWorkflow = new Map<WorkflowId, string>();
  #pendingForAll = "";

  constructor(fetchSummary: FetchSummary) {
    this.#fetchSummary = fetchSummary;
  }

  add(subscriber: Subscriber): void {
    const { workflow } = subscriber;
    if (workflow === undefined) this.#globalSubscribers.add(subscriber);
    else {
      const others = this.#subscribersByWorkflow.get(workflow) ?? new Set();
      this.#subscribersByWorkflow.set(workflow, others.add(subscriber));
    }
  }

  remove(subscriber: Subscriber): void {
    const { workflow } = subscriber;
    if (workflow === undefined) this.#globalSubscribers.delete(subscriber);
    else {
      const others = this.#subscribersByWorkflow.get(workflow);
      others?.delete(subscriber);
      if (others?.size === 0) this.#subscribersByWorkflow.delete(workflow);
    }
  }

  prepare(entries: readonly StreamEntry[]): Promise<unknown> | undefined {
    const missing = latestSummaryEntries(entries).filter(
      ([workflow, entry]) => this.#hasSubscribers(workflow) && !this.#summaries.has(entry),
    );
    if (missing.length === 0) return undefined;
    return Promise.all(
      missing.map(async ([workflow, entry]) => {
        this.#summaries.set(entry, await this.#fetchSummary(workflow));
      }),
    );
  }

  #hasSubscribers(workflow: WorkflowId): boolean {
    return this.#globalSubscribers.size > 0 || this.#subscribersByWorkflow.has(workflow);
  }

  publish(entry: StreamEntry, at: readonly StreamEntryId[]): void {
    const { event, id, partition } = entry;
    if (event === undefined || !this.#hasSubscribers(event.workflow)) return;
    const events = toSseEvents(event, this.#summaries.get(entry));
    if (this.#subscribersByWorkflow.has(event.workflow)) {
      const frames = formatEntryEvents(events, (eventsSent) => [{ ...id, eventsSent }]);
      this.#pendingByWorkflow.set(event.workflow, (this.#pendingByWorkflow.get(event.workflow) ?? "") + frames);
    }
    if (this.#globalSubscribers.size > 0)
      this.#pendingForAll += formatEntryEvents(events, (eventsSent) =>
        at.with(partition, { ...id, eventsSent } as StreamEntryId),
      );
  }

  publishGap(partition: number, at: readonly StreamEntryId[]): void {
    this.flush();
    for (const subscriber of [
      ...this.#globalSubscribers,
      ...[...this.#subscribersByWorkflow.values()].flatMap((some) => [...some]),
    ]) {
      if (!subscriber.partitions.includes(partition)) continue;
      const positions = subscriber.partitions.flatMap((of) => at[of] ?? []);
      subscriber.receive(Buffer.from(formatGap(encodePositions(positions))));
    }
  }

  flush(): void {
    const [pending, pendingForAll] = [this.#pendingByWorkflow, this.#pendingForAll];
    this.#pendingByWorkflow = new Map();
    this.#pendingForAll = "";
    for (const [workflow, text] of pending) deliver(text, this.#subscribersByWorkflow.get(workflow) ?? []);
    deliver(pendingForAll, this.#globalSubscribers);
  }
}

function deliver(text: string, subscribers: Iterable<Subscriber>): void {
  if (text === "") return;
  const bytes = Buffer.from(text);
  for (const subscriber of subscribers) subscriber.receive(bytes);
}
