import { type Signal, signal } from "@preact/signals";
import { findTaskforces } from "../api/apiRequests.ts";
import type { StreamEvents, Taskforce } from "../api/apiTypes.ts";
import { ApiRequestError, ServiceUnavailable } from "../api/callApi.ts";
import { coalesceCalls } from "../live/coalesceCalls.ts";
import { recordUnreachable } from "../live/connection.ts";

type PhaseEvent = StreamEvents["phase"];

/** Milliseconds in which events are gathered: ten thousand taskforces may move at once, and each change draws the list anew. */
const BATCH_DELAY_MS = 200;
/** Milliseconds after which rows that the service could not give are asked for again. */
const RETRY_DELAY_MS = 3000;

/** The taskforces that a timeline shows, as far as they are loaded. */
export class TimelineRows {
  readonly list: Signal<Taskforce[] | undefined> = signal(undefined);
  /** Asks for those after them; null: that is all. */
  readonly nextCursor: Signal<string | null> = signal(null);
  /** Whether they are to be shown, be they loaded yet or not. */
  readonly isShown: Signal<boolean> = signal(false);
  #filter: object = {};
  /** What is being read. */
  #loading: Promise<void> | undefined;
  #isReloadPending = false;
  /** Tells readings apart that were begun for another filter. */
  #filterVersion = 0;
  #retryTimer: number | undefined;
  /** Where each taskforce is in the list. */
  #indexByUuid: ReadonlyMap<string, number> = new Map();
  /** What events told and the list, or the one that is being read, may lack. */
  #pendingEvents: PhaseEvent[] = [];
  readonly #applyPendingEventsSoon = coalesceCalls(BATCH_DELAY_MS, () => this.#applyPendingEvents());

  /** Shows what matches a filter from now on. */
  show(filter: object): void {
    this.hide();
    this.#filter = filter;
    this.isShown.value = true;
    this.reload();
  }

  /** Forgets them. */
  hide(): void {
    this.#filterVersion++;
    this.#loading = undefined;
    this.#isReloadPending = false;
    this.#pendingEvents = [];
    clearTimeout(this.#retryTimer);
    this.#applyPendingEventsSoon.cancel();
    this.#indexByUuid = new Map();
    this.list.value = undefined;
    this.nextCursor.value = null;
    this.isShown.value = false;
  }

  /** Reads the first of them anew, or once more after a reading that is under way; what was loaded beyond is to be asked for again. */
  reload(): void {
    if (this.#loading) this.#isReloadPending = true;
    else this.#loading = this.#load(null);
  }

  /** Loads those after the ones that are there. @returns whether there are more of them now */
  async loadMore(): Promise<boolean> {
    const before = this.list.value?.length ?? 0;
    this.#loading ??= this.#load(this.nextCursor.value);
    await this.#loading;
    return (this.list.value?.length ?? 0) > before;
  }

  /** Takes a phase change into account. @returns false for a taskforce that is not among them */
  addPhaseEvent(event: PhaseEvent): boolean {
    if (!this.isShown.value) return false;
    const known = this.#indexByUuid.has(event.taskforce_uuid);
    if (!known && !this.#loading) return false;
    this.#pendingEvents.push(event);
    this.#applyPendingEventsSoon();
    return true;
  }

  async #load(after: string | null): Promise<void> {
    const filterVersion = this.#filterVersion;
    clearTimeout(this.#retryTimer);
    try {
      const { items, nextCursor } = await findTaskforces(this.#filter, after);
      // Something else was asked for meanwhile.
      if (filterVersion !== this.#filterVersion) return;
      this.#loading = undefined;
      this.#setList(after === null ? items : [...(this.list.value ?? []), ...items]);
      this.nextCursor.value = nextCursor;
      this.#applyPendingEvents();
    } catch (error) {
      if (filterVersion !== this.#filterVersion) return;
      this.#loading = undefined;
      if (error instanceof ServiceUnavailable) {
        recordUnreachable();
        // Nothing else would: as long as the stream goes on, only what it tells is read. More of them are asked for by hand.
        if (after === null) this.#retryTimer = window.setTimeout(() => this.reload(), RETRY_DELAY_MS);
      } else if (!(error instanceof ApiRequestError)) throw error;
    }
    const again = this.#isReloadPending;
    this.#isReloadPending = false;
    if (again) this.reload();
  }

  #setList(list: Taskforce[]): void {
    this.list.value = list;
    this.#indexByUuid = new Map(list.map(({ taskforce_uuid }, at) => [taskforce_uuid, at]));
  }

  /** Enters the news. Those for a list that is being read are kept: it may have been read before them. */
  #applyPendingEvents(): void {
    const list = [...(this.list.value ?? [])];
    let changed = false;
    for (const event of this.#pendingEvents) {
      const index = this.#indexByUuid.get(event.taskforce_uuid);
      const row = index === undefined ? undefined : list[index];
      if (index === undefined || row === undefined || hasPhaseChange(row, event)) continue;
      list[index] = withPhaseChange(row, event);
      changed = true;
    }
    if (changed) this.list.value = list;
    if (!this.#loading) this.#pendingEvents = [];
  }
}

const hasPhaseChange = ({ phase_change_log: log }: Taskforce, { phase, timestamp }: PhaseEvent): boolean =>
  log.some((entry) => entry.timestamp === timestamp && entry.target_phase === phase);

function withPhaseChange(row: Taskforce, { phase, timestamp, was_successful }: PhaseEvent): Taskforce {
  const entry = { target_phase: phase, timestamp, was_successful };
  return {
    ...row,
    phase: was_successful ? phase : row.phase,
    phase_change_log: [...row.phase_change_log, entry],
  };
}
