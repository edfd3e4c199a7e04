import type { WorkflowId } from "../../domain/ids.js";
import type { WorkflowSummary } from "../../domain/summary.js";
import type { EntryId, EventEntry } from "../../store/eventStreams.js";
import type { Audience } from "./streamReader.js";
import { framesOf, gapFrame, toldOf } from "./sseEvents.js";
import { idOfPositions } from "./resumePositions.js";

/** Who hears events as they happen. */
export interface Listener {
  /** Undefined: all of them. */
  readonly workflow: WorkflowId | undefined;
  readonly partitions: readonly number[];
  hear(frames: Buffer): void;
}

/** A workflow's summary, as it is now. */
export type ReadSummary = (workflow: WorkflowId) => Promise<WorkflowSummary | undefined>;

/**
 * The entries for which summaries have to be read: the last of several ones about the same workflow, for the others would tell
 * the same again.
 */
export function summaryEntries(entries: readonly EventEntry[]): [WorkflowId, EventEntry][] {
  const last = new Map<WorkflowId, EventEntry>();
  for (const entry of entries) if (entry.event?.kind === "summary") last.set(entry.event.workflow, entry);
  return [...last];
}

/** Spreads events to those who watch. What many are to hear is written once. */
export class LiveWatchers implements Audience {
  readonly #readSummary: ReadSummary;
  readonly #ofAll = new Set<Listener>();
  readonly #ofOne = new Map<WorkflowId, Set<Listener>>();
  readonly #summaries = new WeakMap<EventEntry, WorkflowSummary | undefined>();
  /** What is to be heard at the next flush. */
  #frames = new Map<WorkflowId, string>();
  #framesOfAll = "";

  constructor(readSummary: ReadSummary) {
    this.#readSummary = readSummary;
  }

  add(listener: Listener): void {
    const { workflow } = listener;
    if (workflow === undefined) this.#ofAll.add(listener);
    else {
      const others = this.#ofOne.get(workflow) ?? new Set();
      this.#ofOne.set(workflow, others.add(listener));
    }
  }

  remove(listener: Listener): void {
    const { workflow } = listener;
    if (workflow === undefined) this.#ofAll.delete(listener);
    else {
      const others = this.#ofOne.get(workflow);
      others?.delete(listener);
      if (others?.size === 0) this.#ofOne.delete(workflow);
    }
  }

  prepare(entries: readonly EventEntry[]): Promise<unknown> | undefined {
    const missing = summaryEntries(entries).filter(
      ([workflow, entry]) => this.#isWatched(workflow) && !this.#summaries.has(entry),
    );
    if (missing.length === 0) return undefined;
    return Promise.all(
      missing.map(async ([workflow, entry]) => {
        this.#summaries.set(entry, await this.#readSummary(workflow));
      }),
    );
  }

  #isWatched(workflow: WorkflowId): boolean {
    return this.#ofAll.size > 0 || this.#ofOne.has(workflow);
  }

  tell(entry: EventEntry, at: readonly EntryId[]): void {
    const { event, id, partition } = entry;
    if (event === undefined || !this.#isWatched(event.workflow)) return;
    const events = toldOf(event, this.#summaries.get(entry));
    if (this.#ofOne.has(event.workflow)) {
      const frames = framesOf(events, (told) => [{ ...id, told }]);
      this.#frames.set(event.workflow, (this.#frames.get(event.workflow) ?? "") + frames);
    }
    if (this.#ofAll.size > 0)
      this.#framesOfAll += framesOf(events, (told) => at.with(partition, { ...id, told } as EntryId));
  }

  tellGap(partition: number, at: readonly EntryId[]): void {
    this.flush();
    for (const listener of [...this.#ofAll, ...[...this.#ofOne.values()].flatMap((some) => [...some])]) {
      if (!listener.partitions.includes(partition)) continue;
      const positions = listener.partitions.flatMap((of) => at[of] ?? []);
      listener.hear(Buffer.from(gapFrame(idOfPositions(positions))));
    }
  }

  flush(): void {
    const [frames, framesOfAll] = [this.#frames, this.#framesOfAll];
    this.#frames = new Map();
    this.#framesOfAll = "";
    for (const [workflow, text] of frames) spread(text, this.#ofOne.get(workflow) ?? []);
    spread(framesOfAll, this.#ofAll);
  }
}

function spread(frames: string, listeners: Iterable<Listener>): void {
  if (frames === "") return;
  const bytes = Buffer.from(frames);
  for (const listener of listeners) listener.hear(bytes);
}
