import type { Logger } from "pino";
import type { WorkflowId } from "../../domain/ids.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import {
  compareEntryIds,
  type EventStreams,
  hasGapAfter,
  STREAM_START,
  type StreamEntry,
  type StreamEntryId,
} from "../../store/eventStreams.js";
import type { Store } from "../../store/store.js";
import { type Broadcaster, latestSummaryEntries, type Subscriber } from "./broadcaster.js";
import {
  encodePositions,
  formatEntryEvents,
  formatGap,
  formatHeartbeat,
  formatId,
  formatRetry,
  hasReached,
  type ResumePosition,
  type SseEvent,
  toSseEvents,
} from "./sseEvents.js";
import type { StreamReader } from "./streamReader.js";

/** Entries of each partition that one read returns while a subscription catches up. */
const BATCH_ENTRIES = 100;
/** Bytes that are sent before the subscription waits for the client to receive them. */
const SEND_CHUNK_BYTES = 64 * 1024;

/** The connection to the client of a subscription. */
export interface SseClient {
  send(frames: Buffer): void;
  /** Waits until the sent bytes are written or the connection is closed. */
  waitUntilDrained(): Promise<void>;
  /** Closes the connection after an error; the client reconnects. */
  disconnect(): void;
}

/** What all subscriptions of a process share. */
interface SubscriptionContext {
  reader: StreamReader;
  broadcaster: Broadcaster;
  streams: EventStreams;
  store: Store;
  log: Logger;
}

/** Where a subscription starts. */
export interface SubscriptionStart {
  workflow: WorkflowId | undefined;
  partitions: readonly number[];
  /** One for each partition, not beyond its end. */
  positions: ResumePosition[];
  /** Whether events before the positions are lost. */
  isAfterGap: boolean;
}

/**
 * One client's subscription. It first reads the streams itself, at the client's pace, until it has caught up with the shared
 * reader. Then the broadcaster delivers events to it.
 */
export class Subscription implements Subscriber {
  readonly workflow: WorkflowId | undefined;
  readonly partitions: readonly number[];
  readonly #context: SubscriptionContext;
  readonly #isAfterGap: boolean;
  readonly #onClose: () => void;
  /** The positions up to which it has sent events while it catches up. */
  #positions: ResumePosition[];
  /** Events received while the last batch is read, which are sent after it. Undefined: events are sent at once. */
  #bufferedEvents: Buffer[] | undefined;
  #isLive = false;
  #isClosed = false;
  #client: SseClient | undefined;

  constructor(context: SubscriptionContext, start: SubscriptionStart, onClose: () => void) {
    this.#context = context;
    this.workflow = start.workflow;
    this.partitions = start.partitions;
    this.#positions = start.positions;
    this.#isAfterGap = start.isAfterGap;
    this.#onClose = onClose;
  }

  /** The id from which the client would resume. */
  get lastEventId(): string {
    return encodePositions(this.#isLive ? this.#readerPositions() : this.#positions);
  }

  /** Sends a client past events, then new ones. */
  start(client: SseClient): void {
    this.#client = client;
    const first = this.#isAfterGap ? formatGap(this.lastEventId) : formatId(this.lastEventId);
    client.send(Buffer.from(formatRetry(1000) + first));
    // After any error, such as a lost Redis, the client reconnects and resumes.
    this.#catchUp(client).catch((error: unknown) => {
      this.#context.log.debug({ err: error }, "a subscription cannot catch up; its client reconnects");
      client.disconnect();
    });
  }

  sendHeartbeat(): void {
    this.#client?.send(Buffer.from(formatHeartbeat(this.lastEventId)));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#context.broadcaster.remove(this);
    this.#onClose();
  }

  receive(frames: Buffer): void {
    if (this.#bufferedEvents === undefined) this.#client?.send(frames);
    else this.#bufferedEvents.push(frames);
  }

  #readerPositions(): StreamEntryId[] {
    return this.partitions.map((partition) => this.#context.reader.lastIds[partition] ?? STREAM_START);
  }

  async #catchUp(client: SseClient): Promise<void> {
    const { reader, broadcaster } = this.#context;
    // The id may come from another process, whose reader is ahead of this one.
    await reader.waitForPositions(this.partitions.map((partition, at) => ({ partition, id: this.#positionAt(at) })));
    while (!this.#isClosed) {
      if (await this.#sendBatch(this.#readerPositions(), client)) continue;
      // From here on events are buffered; the events published before are read from the streams.
      if (this.#isClosed) return;
      this.#bufferedEvents = [];
      broadcaster.add(this);
      const hasMore = await this.#sendBatch(this.#readerPositions());
      if (this.#isClosed) return;
      const buffered = this.#bufferedEvents;
      this.#bufferedEvents = undefined;
      if (!hasMore) {
        this.#isLive = true;
        for (const frames of buffered) client.send(frames);
        return;
      }
      broadcaster.remove(this);
    }
  }

  #positionAt(at: number): ResumePosition {
    return this.#positions[at] ?? STREAM_START;
  }

  /**
   * Sends the next entries of each partition.
   *
   * @param untilIds the last entries to send
   * @param client receives the bytes in chunks, at its pace; undefined: all are sent at once
   * @returns whether there may be more
   */
  async #sendBatch(untilIds: readonly StreamEntryId[], client?: SseClient): Promise<boolean> {
    const batches = await Promise.all(
      this.partitions.map((_, at) => this.#readBatch(at, untilIds[at] ?? STREAM_START)),
    );
    if (batches.some(({ isLost }) => isLost)) {
      batches.forEach(({ isLost }, at) => {
        if (isLost) this.#positions[at] = untilIds[at] ?? STREAM_START;
      });
      this.#client?.send(Buffer.from(formatGap(this.lastEventId)));
    }
    const entries = batches.flatMap((batch) => (batch.isLost ? [] : batch.entries));
    entries.sort((one, other) => compareEntryIds(one.id, other.id));
    const isSubscribed = (workflow: WorkflowId) => this.workflow === undefined || this.workflow === workflow;
    const summaries = new Map<StreamEntry, WorkflowSummary | undefined>();
    for (const [workflow, entry] of latestSummaryEntries(entries))
      if (isSubscribed(workflow)) summaries.set(entry, await this.#context.store.summaries.fetch(workflow));
    let text = "";
    for (const entry of entries) {
      const events =
        entry.event && isSubscribed(entry.event.workflow) ? toSseEvents(entry.event, summaries.get(entry)) : [];
      text += this.#advance(entry, events);
      if (client === undefined || text.length < SEND_CHUNK_BYTES) continue;
      await this.#sendText(text, client);
      text = "";
    }
    await this.#sendText(text, client);
    batches.forEach(({ entries }, at) => {
      if (entries.length < BATCH_ENTRIES) this.#positions[at] = untilIds[at] ?? STREAM_START;
    });
    return batches.some(({ entries }) => entries.length === BATCH_ENTRIES);
  }

  async #readBatch(at: number, untilId: StreamEntryId): Promise<{ entries: StreamEntry[]; isLost: boolean }> {
    const position = this.#positionAt(at);
    const partition = this.partitions[at] ?? 0;
    if (hasReached(position, untilId)) return { entries: [], isLost: false };
    const from = position.eventsSent === undefined ? { after: position } : { at: position };
    // The extent is read last: entries that it still covers were there for the first read.
    const [entries, extent] = await Promise.all([
      this.#context.streams.readRange(partition, from, untilId, BATCH_ENTRIES),
      this.#context.streams.readExtent(partition),
    ]);
    return { entries, isLost: hasGapAfter(position, extent) };
  }

  /** Moves to an entry. @returns its events that were not sent before */
  #advance({ partition, id }: StreamEntry, events: readonly SseEvent[]): string {
    const at = this.partitions.indexOf(partition);
    const before = this.#positionAt(at);
    const skip = compareEntryIds(before, id) === 0 ? before.eventsSent : 0;
    const frames = formatEntryEvents(events, (eventsSent) => this.#positions.with(at, { ...id, eventsSent }), skip);
    this.#positions[at] = id;
    return frames;
  }

  async #sendText(text: string, client: SseClient | undefined): Promise<void> {
    if (text !== "") this.#client?.send(Buffer.from(text));
    await client?.waitUntilDrained();
  }
}
