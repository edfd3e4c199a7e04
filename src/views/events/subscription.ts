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
import { type Broadcaster, type FetchSummary, latestSummaryEntries, type Subscriber } from "./broadcaster.js";
import { encodePositions, hasReached, type ResumePosition } from "./resumePositions.js";
import {
  formatEntryEvents,
  formatGap,
  formatHeartbeat,
  formatId,
  formatRetry,
  type SseEvent,
  toSseEvents,
} from "./sseEvents.js";
import type { StreamReader } from "./streamReader.js";

/** Entries of each partition that are read at once to catch up. */
const BATCH_ENTRIES = 100;
/** Bytes that are sent before the client has to take them. */
const SEND_CHUNK_BYTES = 64 * 1024;
/** Milliseconds after which a client that lost its connection tries again. */
const CLIENT_RETRY_MS = 1000;

/** The other end of a watch. */
export interface SseClient {
  send(frames: Buffer): void;
  /** Waits until what was sent is on its way, or nobody is there any more. */
  waitUntilDrained(): Promise<void>;
  /** Something broke: it shall come again. */
  disconnect(): void;
}

/** What a watch works with. */
export interface SubscriptionContext {
  follower: StreamReader;
  broadcaster: Broadcaster;
  streams: EventStreams;
  fetchSummary: FetchSummary;
  log: Logger;
}

/** Where a watch begins. */
export interface SubscriptionStart {
  workflow: WorkflowId | undefined;
  partitions: readonly number[];
  /** For each of the partitions. Not beyond its end. */
  positions: ResumePosition[];
  /** Whether something is missing before. */
  isAfterGap: boolean;
}

/**
 * One client's watch. It catches up with the follower by reading the streams itself, at the client's pace, and then hears with
 * all others what the follower reads.
 */
export class Subscription implements Subscriber {
  readonly workflow: WorkflowId | undefined;
  readonly partitions: readonly number[];
  readonly #context: SubscriptionContext;
  readonly #isAfterGap: boolean;
  readonly #onClose: () => void;
  /** While it catches up: what it has been told. */
  #positions: ResumePosition[];
  /** Heard while the last piece is read, to be told after that. Undefined: told at once. */
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

  /** Where the client would resume. */
  get lastEventId(): string {
    return encodePositions(this.#isLive ? this.#readerPositions() : this.#positions);
  }

  /** Tells a client what there is, and from then on what comes. */
  start(client: SseClient): void {
    this.#client = client;
    const first = this.#isAfterGap ? formatGap(this.lastEventId) : formatId(this.lastEventId);
    client.send(Buffer.from(formatRetry(CLIENT_RETRY_MS) + first));
    // Resuming is the way out of whatever goes wrong, first of all Redis going away.
    this.#catchUp(client).catch((error: unknown) => {
      this.#context.log.debug({ err: error }, "a watcher can't catch up, it is to come again");
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

  /** Where the follower is. */
  #readerPositions(): StreamEntryId[] {
    return this.partitions.map((partition) => this.#context.follower.lastIds[partition] ?? STREAM_START);
  }

  async #catchUp(client: SseClient): Promise<void> {
    const { follower, broadcaster } = this.#context;
    // It may be a moment behind the end of a stream, where the client was told to resume by another process.
    await follower.waitForPositions(this.partitions.map((partition, at) => ({ partition, id: this.#positionAt(at) })));
    while (!this.#isClosed) {
      if (await this.#sendBatch(this.#readerPositions(), client)) continue;
      // From here on the follower is heard; what it told before is read once more.
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
   * Tells what comes next in each partition.
   *
   * @param untilIds nothing beyond
   * @param client who has to take it, bit by bit; all is sent at once unless given
   * @returns whether there may be more
   */
  async #sendBatch(untilIds: readonly StreamEntryId[], client?: SseClient): Promise<boolean> {
    const batches = await Promise.all(
      this.partitions.map((_, at) => this.#readBatch(at, untilIds[at] ?? STREAM_START)),
    );
    if (batches.some(({ isLost }) => isLost)) this.#sendGap(batches, untilIds);
    const entries = batches.flatMap((batch) => (batch.isLost ? [] : batch.entries));
    entries.sort((one, other) => compareEntryIds(one.id, other.id));
    const isSubscribed = (workflow: WorkflowId) => this.workflow === undefined || this.workflow === workflow;
    const summaries = new Map<StreamEntry, WorkflowSummary | undefined>();
    for (const [workflow, entry] of latestSummaryEntries(entries))
      if (isSubscribed(workflow)) summaries.set(entry, await this.#context.fetchSummary(workflow));
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
    // In this order: what is still there afterwards was there before.
    const [entries, extent] = await Promise.all([
      this.#context.streams.readRange(partition, from, untilId, BATCH_ENTRIES),
      this.#context.streams.readExtent(partition),
    ]);
    return { entries, isLost: hasGapAfter(position, extent) };
  }

  #sendGap(batches: readonly { isLost: boolean }[], untilIds: readonly StreamEntryId[]): void {
    batches.forEach(({ isLost }, at) => {
      if (isLost) this.#positions[at] = untilIds[at] ?? STREAM_START;
    });
    this.#client?.send(Buffer.from(formatGap(this.lastEventId)));
  }

  /** Goes on to an entry. @returns the frames of its events that were not told before */
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
