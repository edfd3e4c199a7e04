import type { Logger } from "pino";
import type { WorkflowId } from "../../domain/ids.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import {
  compareIds,
  type EntryId,
  type EventEntry,
  type EventStreams,
  isLost,
  ORIGIN,
} from "../../store/eventStreams.js";
import type { Follower } from "./streamReader.js";
import { framesOf, gapFrame, heartbeatFrame, idFrame, retryFrame, type Told, toldOf } from "./sseEvents.js";
import { type Listener, type LiveWatchers, type ReadSummary, summaryEntries } from "./broadcaster.js";
import { hasReached, idOfPositions, type Position } from "./resumePositions.js";

/** Entries of each partition that are read at once to catch up. */
const PIECE = 100;
/** Bytes that are sent before the client has to take them. */
const MOUTHFUL = 64 * 1024;
/** Milliseconds after which a client that lost its connection tries again. */
const RETRY = 1000;

/** The other end of a watch. */
export interface Client {
  send(frames: Buffer): void;
  /** Waits until what was sent is on its way, or nobody is there any more. */
  taken(): Promise<void>;
  /** Something broke: it shall come again. */
  end(): void;
}

/** What a watch works with. */
export interface WatchContext {
  follower: Follower;
  live: LiveWatchers;
  streams: EventStreams;
  readSummary: ReadSummary;
  log: Logger;
}

/** Where a watch begins. */
export interface Beginning {
  workflow: WorkflowId | undefined;
  partitions: readonly number[];
  /** For each of the partitions. Not beyond its end. */
  positions: Position[];
  /** Whether something is missing before. */
  isAfterGap: boolean;
}

/**
 * One client's watch. It catches up with the follower by reading the streams itself, at the client's pace, and then hears with
 * all others what the follower reads.
 */
export class Watch implements Listener {
  readonly workflow: WorkflowId | undefined;
  readonly partitions: readonly number[];
  readonly #context: WatchContext;
  readonly #isAfterGap: boolean;
  readonly #onClose: () => void;
  /** While it catches up: what it has been told. */
  #positions: Position[];
  /** Heard while the last piece is read, to be told after that. Undefined: told at once. */
  #heard: Buffer[] | undefined;
  #isLive = false;
  #isClosed = false;
  #client: Client | undefined;

  constructor(context: WatchContext, beginning: Beginning, onClose: () => void) {
    this.#context = context;
    this.workflow = beginning.workflow;
    this.partitions = beginning.partitions;
    this.#positions = beginning.positions;
    this.#isAfterGap = beginning.isAfterGap;
    this.#onClose = onClose;
  }

  /** Where the client would resume. */
  get id(): string {
    return idOfPositions(this.#isLive ? this.#ends() : this.#positions);
  }

  /** Tells a client what there is, and from then on what comes. */
  begin(client: Client): void {
    this.#client = client;
    const first = this.#isAfterGap ? gapFrame(this.id) : idFrame(this.id);
    client.send(Buffer.from(retryFrame(RETRY) + first));
    // Resuming is the way out of whatever goes wrong, first of all Redis going away.
    this.#catchUp(client).catch((error: unknown) => {
      this.#context.log.debug({ err: error }, "a watcher can't catch up, it is to come again");
      client.end();
    });
  }

  sendHeartbeat(): void {
    this.#client?.send(Buffer.from(heartbeatFrame(this.id)));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#context.live.remove(this);
    this.#onClose();
  }

  hear(frames: Buffer): void {
    if (this.#heard === undefined) this.#client?.send(frames);
    else this.#heard.push(frames);
  }

  /** Where the follower is. */
  #ends(): EntryId[] {
    return this.partitions.map((partition) => this.#context.follower.at[partition] ?? ORIGIN);
  }

  async #catchUp(client: Client): Promise<void> {
    const { follower, live } = this.#context;
    // It may be a moment behind the end of a stream, where the client was told to resume by another process.
    await follower.reaches(this.partitions.map((partition, at) => ({ partition, id: this.#position(at) })));
    while (!this.#isClosed) {
      if (await this.#tellPiece(this.#ends(), client)) continue;
      // From here on the follower is heard; what it told before is read once more.
      if (this.#isClosed) return;
      this.#heard = [];
      live.add(this);
      const isMore = await this.#tellPiece(this.#ends());
      if (this.#isClosed) return;
      const heard = this.#heard;
      this.#heard = undefined;
      if (!isMore) {
        this.#isLive = true;
        for (const frames of heard) client.send(frames);
        return;
      }
      live.remove(this);
    }
  }

  #position(at: number): Position {
    return this.#positions[at] ?? ORIGIN;
  }

  /**
   * Tells what comes next in each partition.
   *
   * @param until nothing beyond
   * @param pace who has to take it, bit by bit; all is sent at once unless given
   * @returns whether there may be more
   */
  async #tellPiece(until: readonly EntryId[], pace?: Client): Promise<boolean> {
    const pieces = await Promise.all(
      this.partitions.map((_, at) => this.#readPiece(at, until[at] ?? ORIGIN)),
    );
    if (pieces.some(({ isLost }) => isLost)) this.#tellGap(pieces, until);
    const entries = pieces.flatMap((piece) => (piece.isLost ? [] : piece.entries));
    entries.sort((one, other) => compareIds(one.id, other.id));
    const isWanted = (workflow: WorkflowId) => this.workflow === undefined || this.workflow === workflow;
    const summaries = new Map<EventEntry, WorkflowSummary | undefined>();
    for (const [workflow, entry] of summaryEntries(entries))
      if (isWanted(workflow)) summaries.set(entry, await this.#context.readSummary(workflow));
    let frames = "";
    for (const entry of entries) {
      const events =
        entry.event && isWanted(entry.event.workflow) ? toldOf(entry.event, summaries.get(entry)) : [];
      frames += this.#advance(entry, events);
      if (pace === undefined || frames.length < MOUTHFUL) continue;
      await this.#serve(frames, pace);
      frames = "";
    }
    await this.#serve(frames, pace);
    pieces.forEach(({ entries }, at) => {
      if (entries.length < PIECE) this.#positions[at] = until[at] ?? ORIGIN;
    });
    return pieces.some(({ entries }) => entries.length === PIECE);
  }

  async #readPiece(at: number, until: EntryId): Promise<{ entries: EventEntry[]; isLost: boolean }> {
    const position = this.#position(at);
    const partition = this.partitions[at] ?? 0;
    if (hasReached(position, until)) return { entries: [], isLost: false };
    const from = position.told === undefined ? { after: position } : { at: position };
    // In this order: what is still there afterwards was there before.
    const [entries, extent] = await Promise.all([
      this.#context.streams.range(partition, from, until, PIECE),
      this.#context.streams.extent(partition),
    ]);
    return { entries, isLost: isLost(position, extent) };
  }

  #tellGap(pieces: readonly { isLost: boolean }[], until: readonly EntryId[]): void {
    pieces.forEach(({ isLost }, at) => {
      if (isLost) this.#positions[at] = until[at] ?? ORIGIN;
    });
    this.#client?.send(Buffer.from(gapFrame(this.id)));
  }

  /** Goes on to an entry. @returns the frames of its events that were not told before */
  #advance({ partition, id }: EventEntry, events: readonly Told[]): string {
    const at = this.partitions.indexOf(partition);
    const before = this.#position(at);
    const skip = compareIds(before, id) === 0 ? before.told : 0;
    const frames = framesOf(events, (told) => this.#positions.with(at, { ...id, told }), skip);
    this.#positions[at] = id;
    return frames;
  }

  async #serve(frames: string, pace: Client | undefined): Promise<void> {
    if (frames !== "") this.#client?.send(Buffer.from(frames));
    await pace?.taken();
  }
}
