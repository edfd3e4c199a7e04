import { type Signal, signal } from "@preact/signals";
import { Away, Refusal } from "../api/callApi.ts";
import { findTaskforces } from "../api/apiRequests.ts";
import type { StreamEvents, Taskforce } from "../api/apiTypes.ts";
import { noteAway } from "../live/connection.ts";
import { soon } from "../live/coalesceCalls.ts";

type PhaseEvent = StreamEvents["phase"];

/** Milliseconds in which events are gathered: ten thousand taskforces may move at once, and each change draws the list anew. */
const GATHER = 200;
/** Milliseconds after which rows that the service could not give are asked for again. */
const ASK_AGAIN = 3000;

/** The taskforces that a timeline shows, as far as they are loaded. */
export class Rows {
  readonly list: Signal<Taskforce[] | undefined> = signal(undefined);
  /** Asks for those after them; null: that is all. */
  readonly next: Signal<string | null> = signal(null);
  /** Whether they are to be shown, be they loaded yet or not. */
  readonly wanted: Signal<boolean> = signal(false);
  #filter: object = {};
  /** What is being read. */
  #reading: Promise<void> | undefined;
  #again = false;
  /** Tells readings apart that were begun for another filter. */
  #shows = 0;
  #retry: number | undefined;
  /** Where each taskforce is in the list. */
  #places: ReadonlyMap<string, number> = new Map();
  /** What events told and the list, or the one that is being read, may lack. */
  #news: PhaseEvent[] = [];
  readonly #takeInSoon = soon(GATHER, () => this.#takeIn());

  /** Shows what matches a filter from now on. */
  show(filter: object): void {
    this.hide();
    this.#filter = filter;
    this.wanted.value = true;
    this.read();
  }

  /** Forgets them. */
  hide(): void {
    this.#shows++;
    this.#reading = undefined;
    this.#again = false;
    this.#news = [];
    clearTimeout(this.#retry);
    this.#takeInSoon.cancel();
    this.#places = new Map();
    this.list.value = undefined;
    this.next.value = null;
    this.wanted.value = false;
  }

  /** Reads the first of them anew, or once more after a reading that is under way; what was loaded beyond is to be asked for again. */
  read(): void {
    if (this.#reading) this.#again = true;
    else this.#reading = this.#load(null);
  }

  /** Loads those after the ones that are there. @returns whether there are more of them now */
  async more(): Promise<boolean> {
    const before = this.list.value?.length ?? 0;
    this.#reading ??= this.#load(this.next.value);
    await this.#reading;
    return (this.list.value?.length ?? 0) > before;
  }

  /** Takes a phase change into account. @returns false for a taskforce that is not among them */
  note(event: PhaseEvent): boolean {
    if (!this.wanted.value) return false;
    const known = this.#places.has(event.taskforce_uuid);
    if (!known && !this.#reading) return false;
    this.#news.push(event);
    this.#takeInSoon();
    return true;
  }

  async #load(after: string | null): Promise<void> {
    const shows = this.#shows;
    clearTimeout(this.#retry);
    try {
      const { list, next } = await findTaskforces(this.#filter, after);
      // Something else was asked for meanwhile.
      if (shows !== this.#shows) return;
      this.#reading = undefined;
      this.#put(after === null ? list : [...(this.list.value ?? []), ...list]);
      this.next.value = next;
      this.#takeIn();
    } catch (error) {
      if (shows !== this.#shows) return;
      this.#reading = undefined;
      if (error instanceof Away) {
        noteAway();
        // Nothing else would: as long as the stream goes on, only what it tells is read. More of them are asked for by hand.
        if (after === null) this.#retry = window.setTimeout(() => this.read(), ASK_AGAIN);
      } else if (!(error instanceof Refusal)) throw error;
    }
    const again = this.#again;
    this.#again = false;
    if (again) this.read();
  }

  #put(list: Taskforce[]): void {
    this.list.value = list;
    this.#places = new Map(list.map(({ taskforce_uuid }, at) => [taskforce_uuid, at]));
  }

  /** Enters the news. Those for a list that is being read are kept: it may have been read before them. */
  #takeIn(): void {
    const list = [...(this.list.value ?? [])];
    let changed = false;
    for (const event of this.#news) {
      const at = this.#places.get(event.taskforce_uuid);
      const row = at === undefined ? undefined : list[at];
      if (at === undefined || row === undefined || knows(row, event)) continue;
      list[at] = withChange(row, event);
      changed = true;
    }
    if (changed) this.list.value = list;
    if (!this.#reading) this.#news = [];
  }
}

const knows = ({ phase_change_log: log }: Taskforce, { phase, timestamp }: PhaseEvent): boolean =>
  log.some((entry) => entry.timestamp === timestamp && entry.target_phase === phase);

function withChange(row: Taskforce, { phase, timestamp, was_successful }: PhaseEvent): Taskforce {
  const entry = { target_phase: phase, timestamp, was_successful };
  return {
    ...row,
    phase: was_successful ? phase : row.phase,
    phase_change_log: [...row.phase_change_log, entry],
  };
}
